import {InvalidOptionError} from '../errors.js';

/**
 * `KEY=VALUE` as --build-arg takes them: a key alone has the environment's value, and is left out when that has none.
 * The last of equal keys wins.
 */
export function keyedValues(
  entries: readonly string[],
  {option, env}: {option: string; env: NodeJS.ProcessEnv},
): Record<string, string> {
  const values: Record<string, string> = {};
  for (const entry of entries) {
    const at = entry.indexOf('=');
    const key = at === -1 ? entry : entry.slice(0, at);
    if (key === '')
      throw new InvalidOptionError(option, `want KEY=VALUE, got ${JSON.stringify(entry)}`);
    const value = at === -1 ? env[key] : entry.slice(at + 1);
    if (value !== undefined) values[key] = value;
  }
  return values;
}

/** `--label KEY` alone is an empty label. */
export const labels = (entries: readonly string[]): Record<string, string> =>
  keyedValues(
    entries.map((entry) => (entry.includes('=') ? entry : `${entry}=`)),
    {option: '--label', env: {}},
  );
