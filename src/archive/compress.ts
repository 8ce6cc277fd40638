/**
 * Plain bytes in, compressed bytes out: gzip of a level here, and by igzip where it is installed and no level was asked for; zstd
 * by node:zlib where it has it, otherwise by the program of that name.
 *
 * Equal bytes give equal output on one machine, however many processors work; with a level for gzip, on all with one Node.
 * Throws  CompressionError, DecompressorMissingError; what the source throws passes through.
 */
import type {Transform} from 'node:stream';
import * as zlib from 'node:zlib';
import {DecompressorMissingError} from './errors.js';
import {gzip, USUAL_LEVEL} from './gzip.js';
import {hasProgram, type ProgramFile, throughProgram, throughTransform} from './through.js';

export interface PackingForm {
  readonly compression: 'gzip' | 'zstd';
  /** `packingLevels` says which there are. */
  readonly level?: number | undefined;
}

export const packingLevels = {
  gzip: {least: 0, most: 9, usual: USUAL_LEVEL},
  zstd: {least: 1, most: 22, usual: 3},
} as const;

/** Neither name nor time; the level is measured in the README. */
const IGZIP = ['-q', '-n', '-2'];

/** Throws DecompressorMissingError where `compress` would. */
export function requireCompressor(compression: PackingForm['compression']): void {
  if (compression === 'gzip' || (zlib as unknown as Zstd).createZstdCompress) return;
  if (!hasProgram('zstd')) throw new DecompressorMissingError('zstd', 'zstd');
}

/** `file` has the bytes of `source`: a program reads it by itself, and `source` is left alone. */
export function compress(
  source: AsyncIterable<Uint8Array>,
  form: PackingForm,
  file?: ProgramFile,
): AsyncIterable<Uint8Array> {
  const level = form.level ?? packingLevels[form.compression].usual;
  if (form.compression === 'gzip') {
    const isFree = form.level === undefined && hasProgram('igzip');
    return isFree ? throughProgram(file ?? source, 'igzip', IGZIP) : gzip(source, {level});
  }
  const {createZstdCompress: create, constants} = zlib as unknown as Zstd;
  if (create === undefined) {
    return throughProgram(file ?? source, 'zstd', ['-c', '-q', '-T0', '--ultra', `-${level}`]);
  }
  const params = {[constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1};
  return throughTransform(source, create({params}), 'zstd');
}

/** Node 22.15 and later. */
interface Zstd {
  readonly createZstdCompress?: (options: {params: Record<number, number>}) => Transform;
  readonly constants: {ZSTD_c_compressionLevel: number; ZSTD_c_checksumFlag: number};
}
