/** JSON with sorted keys and no spaces: the only JSON that is ever hashed. Undefined members are left out. */
export function canonicalJSON(value: unknown): string {
  // By hand: a replacer for JSON.stringify is called for every string of every list, and takes most of a graph's keys.
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJSON).join(',')}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([left], [right]) => (left < right ? -1 : 1));
  const texts = members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJSON(member)}`);
  return `{${texts.join(',')}}`;
}
