/** The variables of a stage: ENV in the order of the image config, then the ARGs. Of one name the later holds. */
import type {DeclaredArg, StageState} from './state.js';

/** What a RUN sees, as `NAME=value`. */
export function environment(state: StageState): readonly string[] {
  const values = state.args.filter((arg): arg is Variable => arg.value !== undefined);
  return withVariables(state.config.config.Env ?? [], values);
}

/** What it takes to look for one. */
export const variableCount = ({args, config}: StageState): number =>
  args.length + (config.config.Env ?? []).length;

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
): readonly DeclaredArg[] => {
  const names = new Set(env.map(nameOf));
  return args.map((arg) => (names.has(arg.key) ? {key: arg.key, value: undefined} : arg));
};

/** By name, each once. */
export function variables(state: StageState): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const entry of environment(state)) {
    const name = nameOf(entry);
    if (!values.has(name)) values.set(name, entry.slice(name.length + 1));
  }
  return values;
}

interface Variable {
  readonly key: string;
  readonly value: string;
}

/** The list with the values set: each in its old place, or at the end. */
export function withVariables(
  env: readonly string[],
  pairs: readonly Variable[],
): readonly string[] {
  const all = [...env];
  const places = new Map(env.map((entry, index) => [nameOf(entry), index] as const).reverse());
  for (const {key, value} of pairs) {
    const place = places.get(key) ?? all.length;
    places.set(key, place);
    all[place] = `${key}=${value}`;
  }
  return all;
}

export const hasVariable = (env: readonly string[], key: string): boolean =>
  find(env, key) !== undefined;

const find = (env: readonly string[], key: string): string | undefined =>
  env.find((entry) => isOf(entry, key));

/** Configs made by others may hold a name without a value. */
const nameOf = (entry: string): string => entry.split('=', 1)[0] ?? '';

const isOf = (entry: string, key: string): boolean =>
  entry.startsWith(key) && (entry.length === key.length || entry[key.length] === '=');
