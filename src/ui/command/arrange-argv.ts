/**
 * The words of a command line, brought into the one order that oclif reads as docker would.
 *
 *   - `--rm=true`, `--rm=false` and `-itv/a:/b` become `--rm`, nothing, and `-i -t -v /a:/b`
 *   - a flag's other names become its own: `--net` is `--network`
 *   - of a flag that takes one value and is given twice, the last counts
 *   - with `stopAtArgument`, everything after the first argument is `rest` and never a flag:
 *     `run hello ls -la`
 *
 * Unknown flags stay where they are, for oclif to name. `--help` and `-h` (unless -h is a flag) set `help`.
 */
import {UsageError} from '../errors.js';

export interface FlagShape {
  readonly type: 'boolean' | 'option';
  readonly char?: string | undefined;
  /** Its other names, without the dashes. */
  readonly aliases?: readonly string[] | undefined;
  readonly multiple?: boolean | undefined;
  /** `--no-name` is a flag too. */
  readonly allowNo?: boolean | undefined;
}

export interface ArrangedArgv {
  readonly words: string[];
  readonly rest: string[];
  readonly help: boolean;
  /** The first flag whose value it cannot have. */
  readonly mistake: UsageError | undefined;
}

type Flags = Readonly<Record<string, FlagShape>>;

interface Token {
  readonly flag: string | undefined;
  readonly words: readonly string[];
  readonly mistake?: UsageError;
}

export function arrangeArgv(
  argv: readonly string[],
  flags: Flags,
  {stopAtArgument = false} = {},
): ArrangedArgv {
  const pending = [...argv];
  const tokens: Token[] = [];
  let help = false;
  for (let word = pending.shift(); word !== undefined; word = pending.shift()) {
    const isEnd = word === '--';
    if (isEnd || (stopAtArgument && !isFlag(word))) {
      const others = isEnd ? pending : [word, ...pending];
      const mine = others.splice(0, stopAtArgument ? 1 : others.length);
      return {
        words: [...kept(tokens, flags), '--', ...mine],
        rest: others,
        help,
        mistake: first(tokens),
      };
    }
    help ||= asksForHelp(word, flags);
    tokens.push(isFlag(word) ? flagToken(word, pending, flags) : {flag: undefined, words: [word]});
  }
  return {words: kept(tokens, flags), rest: [], help, mistake: first(tokens)};
}

const first = (tokens: readonly Token[]): UsageError | undefined =>
  tokens.find(({mistake}) => mistake !== undefined)?.mistake;

const isFlag = (word: string): boolean => word.startsWith('-') && word !== '-';

const asksForHelp = (word: string, flags: Flags): boolean =>
  word === '--help' || (word === '-h' && nameOf('h', flags) === undefined);

/** Takes the value of an option from `pending`, and puts the rest of bundled short flags back there. */
function flagToken(word: string, pending: string[], flags: Flags): Token {
  return word.startsWith('--') ? longFlag(word, pending, flags) : shortFlag(word, pending, flags);
}

function longFlag(word: string, pending: string[], flags: Flags): Token {
  const [, typed = '', value] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
  const name = Object.keys(flags).find(
    (flag) => flag === typed || flags[flag]?.aliases?.includes(typed),
  );
  const shape = name === undefined ? undefined : flags[name];
  if (name === undefined || shape === undefined) return {flag: undefined, words: [word]};
  if (shape.type === 'boolean') return booleanFlag({name, ...shape}, value);
  return optionFlag(name, value ?? pending.shift());
}

function shortFlag(word: string, pending: string[], flags: Flags): Token {
  const name = nameOf(word.charAt(1), flags);
  const shape = name === undefined ? undefined : flags[name];
  if (name === undefined || shape === undefined) return {flag: undefined, words: [word]};
  const tail = word.slice(2);
  if (shape.type === 'option') {
    return optionFlag(name, tail === '' ? pending.shift() : tail.replace(/^=/, ''));
  }
  if (tail.startsWith('=')) return booleanFlag({name, ...shape}, tail.slice(1));
  if (tail !== '') pending.unshift(`-${tail}`);
  return {flag: name, words: [`--${name}`]};
}

const TRUE = ['true', '1', 't', 'T', 'TRUE', 'True'];
const FALSE = ['false', '0', 'f', 'F', 'FALSE', 'False'];

function booleanFlag(
  {name, allowNo = false}: FlagShape & {readonly name: string},
  value: string | undefined,
): Token {
  if (value === undefined || TRUE.includes(value)) return {flag: name, words: [`--${name}`]};
  if (FALSE.includes(value)) return {flag: name, words: allowNo ? [`--no-${name}`] : []};
  const mistake = new UsageError(`--${name}: want true or false, got ${JSON.stringify(value)}`, {
    hint: `Write --${name} alone for true.`,
  });
  return {flag: name, words: [], mistake};
}

function optionFlag(name: string, value: string | undefined): Token {
  return {flag: name, words: value === undefined ? [`--${name}`] : [`--${name}`, value]};
}

const nameOf = (char: string, flags: Flags): string | undefined =>
  Object.keys(flags).find((name) => flags[name]?.char === char);

/** Drops a flag's earlier givings where only the last counts. */
function kept(tokens: readonly Token[], flags: Flags): string[] {
  const last = new Map(tokens.map(({flag}, index) => [flag, index]));
  return tokens.flatMap(({flag, words}, index) => {
    const repeats = flag === undefined || flags[flag]?.multiple === true;
    return repeats || last.get(flag) === index ? words : [];
  });
}
