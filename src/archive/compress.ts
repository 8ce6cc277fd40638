/**
 * Plain bytes in, compressed bytes out: gzip here, zstd by node:zlib where it has it, otherwise by the program of that name.
 *
 * Equal bytes give equal output on one machine, however many processors work.
 * Throws  CompressionError, DecompressorMissingError; what the source throws passes through.
 */
import {spawnSync} from 'node:child_process';
import type {Transform} from 'node:stream';
import * as zlib from 'node:zlib';
import {DecompressorMissingError} from './errors.js';
import {gzip, USUAL_LEVEL} from './gzip.js';
import {throughProgram, throughTransform} from './through.js';

export interface PackingForm {
  readonly compression: 'gzip' | 'zstd';
  /** `packingLevels` says which there are. */
  readonly level?: number | undefined;
}

export const packingLevels = {
  gzip: {least: 0, most: 9, usual: USUAL_LEVEL},
  zstd: {least: 1, most: 22, usual: 3},
} as const;

export const levelOf = ({compression, level}: PackingForm): number =>
  level ?? packingLevels[compression].usual;

/** Throws DecompressorMissingError where `compress` would. */
export function requireCompressor(compression: PackingForm['compression']): void {
  if (compression === 'gzip' || (zlib as unknown as Zstd).createZstdCompress) return;
  const {error} = spawnSync('zstd', ['--version'], {stdio: 'ignore'});
  if (error) throw new DecompressorMissingError('zstd', 'zstd');
}

export function compress(
  source: AsyncIterable<Uint8Array>,
  form: PackingForm,
): AsyncIterable<Uint8Array> {
  const level = levelOf(form);
  if (form.compression === 'gzip') return gzip(source, {level});
  const {createZstdCompress: create, constants} = zlib as unknown as Zstd;
  if (create === undefined) {
    return throughProgram(source, 'zstd', ['-c', '-q', '-T0', '--ultra', `-${level}`]);
  }
  const params = {[constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1};
  return throughTransform(source, create({params}), 'zstd');
}

/** Node 22.15 and later. */
interface Zstd {
  readonly createZstdCompress?: (options: {params: Record<number, number>}) => Transform;
  readonly constants: {ZSTD_c_compressionLevel: number; ZSTD_c_checksumFlag: number};
}
