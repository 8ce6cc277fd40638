/** Names that may have been meant: those at an edit distance of a third of the name's length or less, nearest first. */
export function nearNames(name: string, names: readonly string[], most = 3): string[] {
  const limit = Math.max(1, Math.floor(name.length / 3));
  const wanted = name.toLowerCase();
  return names
    .map((other) => ({other, distance: distance(wanted, other.toLowerCase())}))
    .filter((candidate) => candidate.distance <= limit)
    .sort((left, right) => left.distance - right.distance || (left.other < right.other ? -1 : 1))
    .slice(0, most)
    .map(({other}) => other);
}

/** Levenshtein's. */
function distance(left: string, right: string): number {
  let row = Array.from({length: right.length + 1}, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(
        Math.min(
          (row[j] as number) + 1,
          (next[j - 1] as number) + 1,
          (row[j - 1] as number) + change,
        ),
      );
    }
    row = next;
  }
  return row[right.length] as number;
}
