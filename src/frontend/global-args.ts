/** The ARGs before the first FROM: seen by FROM, and by a stage that declares them again. */
import type {Allowance} from '../dockerfile/allowance.js';
import type {Dockerfile} from '../dockerfile/stages.js';
import {expandAt} from './expansion.js';

/** Takes the predefined values, which a `--build-arg` or an ARG of the same name replaces. */
export function globalArgs(
  {globalArgs: declared, escape: escapeToken}: Dockerfile,
  buildArgs: ReadonlyMap<string, string>,
  {predefined, allowance}: {predefined: ReadonlyMap<string, string>; allowance: Allowance},
): Map<string, string> {
  const values = new Map(predefined);
  for (const name of predefined.keys()) {
    const given = buildArgs.get(name);
    if (given !== undefined) values.set(name, given);
  }
  const lookup = (name: string): string | undefined => values.get(name);
  for (const {args, lines} of declared) {
    for (const {key, value} of args) {
      const given = buildArgs.get(key);
      if (given !== undefined) values.set(key, given);
      else if (value !== undefined) {
        values.set(key, expandAt(value, {escape: escapeToken, lookup, allowance}, lines).text);
      }
    }
  }
  return values;
}
