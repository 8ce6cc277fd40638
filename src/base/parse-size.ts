const units = 'kmgtp';

/**
 * Bytes of a size as docker takes them, in powers of 1024: `64m`, `1.5GiB`, `4096`. Undefined for what is none.
 * With `thousand: 1000` a unit without an i counts in powers of 1000, as docker prints them: `20MB`.
 *
 * Source  docker/go-units, RAMInBytes and FromHumanSize.
 */
export function parseSize(
  text: string,
  {thousand = 1024}: {readonly thousand?: 1000 | 1024} = {},
): number | undefined {
  const [, number, unit = '', binary] = /^(\d+(?:\.\d+)?) ?([kmgtp])?(i)?b?$/i.exec(text) ?? [];
  if (number === undefined) return undefined;
  const power = unit === '' ? 0 : units.indexOf(unit.toLowerCase()) + 1;
  const bytes = Math.floor(Number(number) * (binary ? 1024 : thousand) ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
