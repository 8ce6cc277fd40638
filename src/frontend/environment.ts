/** The variables of a stage: ENV in the order of the image config, then the ARGs that no ENV hides. */
import type {DeclaredArg, StageState} from './state.js';

/** What a RUN sees, as `NAME=value`. */
export function environment(state: StageState): readonly string[] {
  const env = state.config.config.Env ?? [];
  const shown = state.args.filter(
    (arg) => arg.value !== undefined && find(env, arg.key) === undefined,
  );
  return shown.length === 0 ? env : [...env, ...shown.map(entryOf)];
}

/** The value of one variable, undefined when it is not set. */
export function variable(state: StageState, name: string): string | undefined {
  const entry = find(state.config.config.Env ?? [], name);
  if (entry !== undefined) return entry.slice(name.length + 1);
  return state.args.find(({key}) => key === name)?.value;
}

/** For suggestions. */
export const variableNames = (state: StageState): string[] =>
  environment(state).map((entry) => entry.slice(0, entry.indexOf('=')));

/** The list with `key` set: in its old place, or at the end. */
export function setVariable(env: readonly string[], key: string, value: string): string[] {
  const entry = `${key}=${value}`;
  const at = env.findIndex((each) => isOf(each, key));
  return at === -1 ? [...env, entry] : env.with(at, entry);
}

export const hasVariable = (env: readonly string[], key: string): boolean =>
  find(env, key) !== undefined;

const find = (env: readonly string[], key: string): string | undefined =>
  env.find((entry) => isOf(entry, key));

/** Configs made by others may hold a name without a value. */
const isOf = (entry: string, key: string): boolean =>
  entry.startsWith(key) && (entry.length === key.length || entry[key.length] === '=');

const entryOf = ({key, value}: DeclaredArg): string => `${key}=${value}`;
