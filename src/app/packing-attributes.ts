import {type PackingForm, packingLevels, requireCompressor} from '../archive/compress.js';
import type {Packing} from '../export/pack-layers.js';
import {InvalidOptionError} from './errors.js';
import type {OutputAttributes} from './output-attributes.js';

/**
 * `compression`, `compression-level` and `force-compression` of an `--output`; undefined without any. As docker has it, each of the
 * others alone means gzip.
 *
 * Throws InvalidOptionError, DecompressorMissingError.
 */
export function packingIn(attributes: OutputAttributes): Packing | undefined {
  const named = attributes.has('compression');
  const compression = attributes.choice('compression', ['gzip', 'zstd', 'uncompressed']);
  const level = attributes.integer('compression-level');
  const force = attributes.truth('force-compression', false);
  if (!named && level === undefined && !force) return undefined;
  if (compression === 'uncompressed') {
    if (level === undefined) return {form: undefined, force};
    throw invalid('compression-level is for compression=gzip or zstd');
  }
  requireCompressor(compression);
  return {form: formOf(compression, level), force};
}

function formOf(compression: PackingForm['compression'], level: number | undefined): PackingForm {
  const {least, most} = packingLevels[compression];
  if (level !== undefined && (level < least || level > most)) {
    throw invalid(`compression-level: want ${least} to ${most} for ${compression}, got ${level}`);
  }
  return {compression, level};
}

const invalid = (problem: string): InvalidOptionError =>
  new InvalidOptionError('--output', problem);
