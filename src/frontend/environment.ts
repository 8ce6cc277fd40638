/** The variables of a stage: ENV in the order of the image config, then the ARGs that no ENV hides. */
import type {StageState} from './state.js';

/** What a RUN sees, as `NAME=value`. */
export function environment(state: StageState): string[] {
  const env = state.config.config.Env ?? [];
  const names = new Set(env.map(nameOf));
  const args = state.args.filter(({key, value}) => value !== undefined && !names.has(key));
  return [...env, ...args.map(({key, value}) => `${key}=${value}`)];
}

/** Looks one variable up, among those of the state as it is now. */
export function variables(state: StageState): ReadonlyMap<string, string> {
  return new Map(environment(state).map((entry) => [nameOf(entry), valueIn(entry)]));
}

/** The list with `key` set: in its old place, or at the end. */
export function setVariable(env: readonly string[], key: string, value: string): string[] {
  const entry = `${key}=${value}`;
  const at = env.findIndex((each) => nameOf(each) === key);
  return at === -1 ? [...env, entry] : env.with(at, entry);
}

export const nameOf = (entry: string): string => entry.split('=', 1)[0] ?? entry;

const valueIn = (entry: string): string => entry.slice(nameOf(entry).length + 1);
