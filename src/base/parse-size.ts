const units = 'kmgtp';

/**
 * Bytes of a size as docker takes them, in powers of 1024: `64m`, `1.5GiB`, `4096`. Undefined for what is none.
 *
 * Source  docker/go-units, RAMInBytes.
 */
export function parseSize(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  const power = unit === '' ? 0 : units.indexOf(unit.toLowerCase()) + 1;
  const bytes = Math.floor(Number(number) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
