import {type PackingForm, packingLevels, requireCompressor} from '../../archive/compress.js';
import type {Packing} from '../../export/packing/pack-layers.js';
import {InvalidOptionError} from '../errors.js';
import type {OptionAttributes} from '../option-attributes.js';

const compressions = ['gzip', 'zstd', 'uncompressed'] as const;

/** How layers are to be packed, as options say it. */
export interface PackingRequest {
  readonly compression: (typeof compressions)[number];
  /** gzip 0 to 9, zstd 1 to 22. */
  readonly level?: number | undefined;
  /** Also layers that are compressed otherwise. */
  readonly force: boolean;
}

/**
 * `compression`, `compression-level` and `force-compression` of an option; undefined without any. As docker has it, each of the
 * others alone means gzip.
 *
 * Throws InvalidOptionError, DecompressorMissingError.
 */
export function packingIn(attributes: OptionAttributes): Packing | undefined {
  const named = attributes.has('compression');
  const compression = attributes.choice('compression', compressions);
  const level = attributes.integer('compression-level');
  const force = attributes.truth('force-compression', false);
  if (!named && level === undefined && !force) return undefined;
  return packingOf({compression, level, force}, attributes.option);
}

/** `option` is what a mistake is told of. Throws InvalidOptionError, DecompressorMissingError. */
export function packingOf({compression, level, force}: PackingRequest, option: string): Packing {
  const invalid = (problem: string) => new InvalidOptionError(option, problem);
  if (compression === 'uncompressed') {
    if (level === undefined) return {form: undefined, force};
    throw invalid('compression-level is for compression=gzip or zstd');
  }
  const {least, most} = packingLevels[compression];
  if (level !== undefined && (level < least || level > most)) {
    throw invalid(`compression-level: want ${least} to ${most} for ${compression}, got ${level}`);
  }
  requireCompressor(compression);
  const form: PackingForm = {compression, level};
  return {form, force};
}
