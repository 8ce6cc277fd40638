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
import {FileCompressor} from './file-compressor.js';
import {gzip, USUAL_LEVEL} from './gzip.js';
import {hasProgram, type Program, throughProgram, throughTransform} from './through.js';

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

export function compress(
  source: AsyncIterable<Uint8Array>,
  form: PackingForm,
): AsyncIterable<Uint8Array> {
  const program = programOf(form);
  if (program !== undefined) return throughProgram(source, ...program);
  const level = levelOf(form);
  if (form.compression === 'gzip') return gzip(source, {level});
  const {createZstdCompress: create, constants} = zlib as unknown as Required<Zstd>;
  const params = {[constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1};
  return throughTransform(source, create({params}), 'zstd');
}

/** Gives the same bytes as `compress`. Undefined when that takes no program. */
export function fileCompressor(form: PackingForm): FileCompressor | undefined {
  const program = programOf(form);
  return program && new FileCompressor(...program);
}

const levelOf = ({compression, level}: PackingForm): number =>
  level ?? packingLevels[compression].usual;

function programOf(form: PackingForm): [Program, readonly string[]] | undefined {
  if (form.compression === 'gzip') {
    return form.level === undefined && hasProgram('igzip') ? ['igzip', IGZIP] : undefined;
  }
  if ('createZstdCompress' in zlib) return undefined;
  return ['zstd', ['-c', '-q', '-T0', '--ultra', `-${levelOf(form)}`]];
}

/** Node 22.15 and later. */
interface Zstd {
  readonly createZstdCompress?: (options: {params: Record<number, number>}) => Transform;
  readonly constants: {ZSTD_c_compressionLevel: number; ZSTD_c_checksumFlag: number};
}
