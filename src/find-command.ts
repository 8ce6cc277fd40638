/** From the words of a command line to the command they begin with. */
import {commands} from './commands.js';

type Entry = (typeof commands)[number];

export type Found =
  | ({
      readonly kind: 'command';
      readonly id: string;
      readonly typed: string;
      readonly argv: string[];
    } & Pick<Entry, 'load'>)
  | {readonly kind: 'help'; readonly subject: string[]}
  | {readonly kind: 'unknown'; readonly name: string};

export function findCommand(argv: readonly string[]): Found {
  const [first = '--help', second] = argv;
  if (first === 'help') return {kind: 'help', subject: subjectOf(argv.slice(1))};
  if (first === '--help' || first === '-h') return {kind: 'help', subject: []};
  if (first === '--version' || first === '-v') return found('version', argv.slice(1));
  if (second !== undefined && isID(`${first}:${second}`)) {
    return found(`${first}:${second}`, argv.slice(2));
  }
  if (isID(first)) return found(first, argv.slice(1));
  const isTopic = commands.some(({id}) => id.startsWith(`${first}:`));
  if (!isTopic) return {kind: 'unknown', name: first};
  if (second === undefined || second === '--help' || second === '-h') {
    return {kind: 'help', subject: [first]};
  }
  return {kind: 'unknown', name: `${first} ${second}`};
}

/** Every id and alias, as typed. */
export const commandNames = (): string[] =>
  commands.flatMap(({id, aliases}) => [id, ...aliases]).map((id) => id.replace(':', ' '));

function found(name: string, argv: string[]): Found {
  const entry = commands.find(({id, aliases}) => id === name || aliases.includes(name));
  const typed = name.replace(':', ' ');
  if (entry === undefined) return {kind: 'unknown', name: typed};
  return {kind: 'command', id: entry.id, typed, argv, load: entry.load};
}

const isID = (id: string): boolean =>
  commands.some((entry) => entry.id === id || entry.aliases.includes(id));

const subjectOf = (words: readonly string[]): string[] =>
  words.length === 0 ? [] : [words.slice(0, 2).join(':')];
