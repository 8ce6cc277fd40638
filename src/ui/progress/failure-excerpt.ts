/** The last words of the step that failed, as BuildKit frames them. Silent steps have none. */
export function failureExcerpt(name: string, tail: readonly string[]): string {
  if (tail.length === 0) return '';
  return ['------', ` > ${name}:`, ...tail, '------', ''].join('\n');
}
