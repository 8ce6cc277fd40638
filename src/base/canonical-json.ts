/** JSON with sorted keys and no spaces: the only JSON that is ever hashed. Undefined members are left out. */
export function canonicalJSON(value: unknown): string {
  // By hand: a replacer for JSON.stringify is called for every string of every list, and takes most of a graph's keys.
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  let text = '';
  if (Array.isArray(value)) {
    if (value.every((each) => typeof each === 'string')) return JSON.stringify(value);
    for (const each of value) text += `,${canonicalJSON(each)}`;
    return `[${text.slice(1)}]`;
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const name of Object.keys(members).sort()) {
    const member = members[name];
    if (member !== undefined) text += `,${JSON.stringify(name)}:${canonicalJSON(member)}`;
  }
  return `{${text.slice(1)}}`;
}
