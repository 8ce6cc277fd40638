/** Functions of templates: Go's built-in ones and docker's, as far as listings need them. */
type Value = unknown;

export const FUNCTIONS: Readonly<Record<string, (...values: Value[]) => Value>> = {
  json: (value) => JSON.stringify(value) ?? 'null',
  join: (list, separator) => (Array.isArray(list) ? list.map(show).join(show(separator)) : ''),
  split: (text, separator) => show(text).split(show(separator)),
  lower: (text) => show(text).toLowerCase(),
  upper: (text) => show(text).toUpperCase(),
  truncate: (text, length) => show(text).slice(0, Number(length)),
  println: (...values) => `${values.map(show).join(' ')}\n`,
  print: (...values) => values.map(show).join(''),
  len: (value) => sizeOf(value),
  index: (value, ...keys) => keys.reduce(member, value),
  eq: (left, ...rights) => rights.some((right) => left === right),
  ne: (left, right) => left !== right,
  not: (value) => !isTruthy(value),
  and: (...values) => values.find((value) => !isTruthy(value)) ?? values.at(-1),
  or: (...values) => values.find(isTruthy) ?? values.at(-1),
};

/** As Go's fmt shows a value: `[a b]`, `map[k:v]`, `[]` for a list that is null, `<no value>` for what is not there. */
export function show(value: Value): string {
  if (value === undefined) return '<no value>';
  if (value === null) return '[]';
  if (Array.isArray(value)) return `[${value.map(show).join(' ')}]`;
  if (typeof value !== 'object') return String(value);
  const pairs = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return `map[${pairs.map(([key, entry]) => `${key}:${show(entry)}`).join(' ')}]`;
}

/** Empty lists, maps and texts are false, as in Go. */
export function isTruthy(value: Value): boolean {
  if (value !== null && typeof value === 'object') return sizeOf(value) > 0;
  return Boolean(value);
}

/** Of a map without the key it is empty, as Go's zero value of a text is. */
function member(value: Value, key: Value): Value {
  if (typeof value !== 'object') return undefined;
  if (value !== null && Object.hasOwn(value, key as PropertyKey)) {
    return (value as Record<string, Value>)[String(key)];
  }
  return Array.isArray(value) ? undefined : '';
}

function sizeOf(value: Value): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return value !== null && typeof value === 'object' ? Object.keys(value).length : 0;
}
