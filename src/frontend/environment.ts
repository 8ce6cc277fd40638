/** The variables of a stage: ENV in the order of the image config, then the ARGs. Of one name the later holds. */
import type {DeclaredArg, StageState} from './state.js';

/** What a RUN sees, as `NAME=value`. */
export function environment(state: StageState): readonly string[] {
  const env = [...(state.config.config.Env ?? [])];
  for (const {key, value} of state.args) if (value !== undefined) put(env, key, value);
  return env;
}

/** The value of one variable, undefined when it is not set. */
export function variable(state: StageState, name: string): string | undefined {
  const value = state.args.find(({key}) => key === name)?.value;
  if (value !== undefined) return value;
  return find(state.config.config.Env ?? [], name)?.slice(name.length + 1);
}

/** The ARGs after an ENV: one of the same name is known, but its value holds no longer. */
export const withoutHidden = (
  args: readonly DeclaredArg[],
  env: readonly string[],
): readonly DeclaredArg[] =>
  args.map((arg) => (hasVariable(env, arg.key) ? {key: arg.key, value: undefined} : arg));

/** For suggestions. */
export const variableNames = (state: StageState): string[] =>
  environment(state).map((entry) => entry.slice(0, entry.indexOf('=')));

/** The list with the values set: each in its old place, or at the end. */
export function withVariables(
  env: readonly string[],
  pairs: readonly {readonly key: string; readonly value: string}[],
): readonly string[] {
  const all = [...env];
  for (const {key, value} of pairs) put(all, key, value);
  return all;
}

function put(env: string[], key: string, value: string): void {
  const at = env.findIndex((entry) => isOf(entry, key));
  env[at === -1 ? env.length : at] = `${key}=${value}`;
}

export const hasVariable = (env: readonly string[], key: string): boolean =>
  find(env, key) !== undefined;

const find = (env: readonly string[], key: string): string | undefined =>
  env.find((entry) => isOf(entry, key));

/** Configs made by others may hold a name without a value. */
const isOf = (entry: string, key: string): boolean =>
  entry.startsWith(key) && (entry.length === key.length || entry[key.length] === '=');
