/**
 * `skip=A,B;error=true;experimental=C`: the value of `# check=`, and of the build arg BUILDKIT_DOCKERFILE_CHECK.
 *
 * Throws  CheckOptionsError.
 * Source  buildkit v0.26 linter/linter.go, ParseLintOptions.
 */
import {CheckOptionsError} from '../errors.js';

type RuleSet = ReadonlySet<string> | 'all';

export interface CheckOptions {
  readonly skip: RuleSet;
  readonly experimental: RuleSet;
  /** Warnings fail the build. */
  readonly error: boolean;
}

export function parseCheckOptions(text: string): CheckOptions {
  let skip: RuleSet = new Set();
  let experimental: RuleSet = new Set();
  let error = false;
  for (const part of text.trim() === '' ? [] : text.split(';', 3)) {
    const equals = part.indexOf('=');
    const key = part.slice(0, Math.max(equals, 0)).trim();
    const value = part.slice(equals + 1).trim();
    if (equals !== -1 && key === 'skip') skip = ruleSet(value);
    else if (equals !== -1 && key === 'experimental') experimental = ruleSet(value);
    else if (equals !== -1 && key === 'error') error = truth(value, part);
    else throw new CheckOptionsError(`invalid check option ${JSON.stringify(part)}`);
  }
  return {skip, experimental, error};
}

export const holds = (set: RuleSet, name: string): boolean => set === 'all' || set.has(name);

/** What both say together. */
export const merged = (left: CheckOptions, right: CheckOptions): CheckOptions => ({
  skip: union(left.skip, right.skip),
  experimental: union(left.experimental, right.experimental),
  error: left.error || right.error,
});

const union = (left: RuleSet, right: RuleSet): RuleSet =>
  left === 'all' || right === 'all' ? 'all' : new Set([...left, ...right]);

const ruleSet = (value: string): RuleSet =>
  value === 'all' ? 'all' : new Set(value.split(',').map((name) => name.trim()));

/** Go's strconv.ParseBool. */
function truth(value: string, part: string): boolean {
  if (/^(1|t|true|T|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|false|F|FALSE|False)$/.test(value)) return false;
  throw new CheckOptionsError(`failed to parse check option ${JSON.stringify(part)}: want a truth`);
}
