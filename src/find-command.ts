/** From the words of a command line to the command they begin with. */
import {commands} from './commands.js';

/** `cache mounts ls`. */
const MOST_WORDS = 3;

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
  const [first = '--help'] = argv;
  if (first === 'help') return {kind: 'help', subject: subjectOf(argv.slice(1))};
  if (first === '--help' || first === '-h') return {kind: 'help', subject: []};
  if (first === '--version' || first === '-v') return found('version', argv.slice(1));
  for (let words = MOST_WORDS; words > 0; words--) {
    const name = argv.slice(0, words).join(':');
    if (argv.length >= words && isID(name)) return found(name, argv.slice(words));
  }
  const topic = topicOf(argv);
  if (topic.length === 0) return {kind: 'unknown', name: first};
  const next = argv[topic.length];
  if (next === undefined || next === '--help' || next === '-h') {
    return {kind: 'help', subject: [topic.join(':')]};
  }
  return {kind: 'unknown', name: [...topic, next].join(' ')};
}

/** The most words with which all of some commands begin. */
function topicOf(argv: readonly string[]): readonly string[] {
  let topic: readonly string[] = [];
  for (let words = 1; words < MOST_WORDS && words <= argv.length; words++) {
    const start = `${argv.slice(0, words).join(':')}:`;
    if (commands.some(({id}) => id.startsWith(start))) topic = argv.slice(0, words);
  }
  return topic;
}

/** Every id and alias, as typed. */
export const commandNames = (): string[] =>
  commands.flatMap(({id, aliases}) => [id, ...aliases]).map((id) => id.replaceAll(':', ' '));

function found(name: string, argv: string[]): Found {
  const entry = commands.find(({id, aliases}) => id === name || aliases.includes(name));
  const typed = name.replaceAll(':', ' ');
  if (entry === undefined) return {kind: 'unknown', name: typed};
  return {kind: 'command', id: entry.id, typed, argv, load: entry.load};
}

const isID = (id: string): boolean =>
  commands.some((entry) => entry.id === id || entry.aliases.includes(id));

const subjectOf = (words: readonly string[]): string[] =>
  words.length === 0 ? [] : [words.slice(0, MOST_WORDS).join(':')];
