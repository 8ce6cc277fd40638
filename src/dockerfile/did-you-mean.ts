/**
 * The candidate a person most likely meant, or undefined when none is near.
 *
 * Near is an edit distance of at most one more than a third of the longer name: `RNU` finds `RUN`, `MAKE` finds nothing.
 * Case does not count. Of equally near names the first wins. A name of more than a hundred characters has none: the distance of
 * two takes the product of their lengths.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const wanted = name.toLowerCase();
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const limit = 1 + Math.floor(Math.max(name.length, candidate.length) / 3);
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance && distance <= limit && distance < candidate.length) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

const LONGEST = 100;

/** ` (did you mean X?)`, or nothing: the tail of a message. */
export function didYouMean(name: string, candidates: Iterable<string>): string {
  const near = nearest(name, candidates);
  return near === undefined || near === name ? '' : ` (did you mean ${near}?)`;
}

/** Insertions, deletions, replacements and swaps of neighbours that lead from one text to the other. */
export function editDistance(left: string, right: string): number {
  const rows = [Array.from({length: right.length + 1}, (_, column) => column)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let row = 1; row <= left.length; row++) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= right.length; column++) {
      const differs = left[row - 1] === right[column - 1] ? 0 : 1;
      const moved = Math.min(at(row - 1, column), at(row, column - 1)) + 1;
      const swapped =
        left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
          ? at(row - 2, column - 2) + 1
          : moved;
      current.push(Math.min(at(row - 1, column - 1) + differs, moved, swapped));
    }
  }
  return at(left.length, right.length);
}
