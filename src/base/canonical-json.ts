/** JSON with sorted keys and no spaces: the only JSON that is ever hashed. Undefined members are left out. */
export function canonicalJSON(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member === null || typeof member !== 'object' || Array.isArray(member)) return member;
    return Object.fromEntries(
      Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)),
    );
  });
}
