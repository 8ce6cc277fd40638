/** What a token is asked for: `repository:team/app:pull,push`. Source: distribution docs/spec/auth/scope.md. */
export const pullScope = (path: string): string => `repository:${path}:pull`;
export const pushScope = (path: string): string => `repository:${path}:pull,push`;
export const deleteScope = (path: string): string => `repository:${path}:pull,delete`;
export const CATALOG_SCOPE = 'registry:catalog:*';

/** Each resource once, with all that is to be done to it. */
export function unionOf(scopes: readonly string[]): readonly string[] {
  const actions = new Map<string, Set<string>>();
  for (const scope of scopes) {
    const colon = scope.lastIndexOf(':');
    const resource = scope.slice(0, colon);
    const all = actions.get(resource) ?? new Set();
    actions.set(resource, all);
    for (const action of scope.slice(colon + 1).split(',')) all.add(action);
  }
  return [...actions].map(([resource, all]) => `${resource}:${[...all].join(',')}`);
}
