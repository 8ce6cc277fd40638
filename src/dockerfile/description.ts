/**
 * What the comment above a FROM or ARG says of the name it introduces: `# name text` describes `name`.
 *
 * Undefined where no line of it begins with one of the names. Source: docker's buildx reference, `--call=outline`.
 */
export function descriptionOf(
  names: readonly (string | undefined)[],
  comments: readonly string[],
): string | undefined {
  for (const line of comments) {
    const [, first, text] = /^(\S+)\s+(.*\S)/.exec(line) ?? [];
    if (first !== undefined && names.includes(first)) return text;
  }
  return undefined;
}
