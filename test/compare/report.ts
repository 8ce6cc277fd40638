/** What a person reads of a comparison. */
import type {Comparison} from './compare-case.js';
import type {Difference} from './differences.js';

const LONGEST = 300;

/** Nothing of a case that is equal, unless asked for. */
export function report(
  {name, unexplained, explained, idle}: Comparison,
  isVerbose: boolean,
): string[] {
  const lines = unexplained.flatMap((difference) => shown(name, difference));
  if (isVerbose) {
    for (const {difference, reason} of explained) {
      lines.push(...shown(name, difference), `    meant: ${reason}`);
    }
  }
  for (const pattern of idle) lines.push(`${name}: the note on ${pattern} explains nothing`);
  return lines;
}

const shown = (name: string, {place, tsbuild, buildkit}: Difference): string[] => [
  `${name}: ${place}`,
  `    tsbuild   ${value(tsbuild, buildkit)}`,
  `    buildkit  ${value(buildkit, tsbuild)}`,
];

/** Of a long text the lines that the other has not. */
const value = (text: string | undefined, other: string | undefined): string => {
  if (text === undefined) return 'nothing';
  const theirs = other?.split('\n') ?? [];
  const own = text.split('\n').filter((line) => !theirs.includes(line));
  return JSON.stringify((own.length === 0 ? text : own.join('\n')).slice(0, LONGEST));
};

export function summary(results: readonly Comparison[]): string {
  const count = (test: (result: Comparison) => boolean) => results.filter(test).length;
  const kinds = {image: 'built', failure: 'failed', unasked: 'not asked of BuildKit'} as const;
  const outcomes = Object.entries(kinds).map(
    ([kind, words]) => `${count((each) => each.kind === kind)} ${words}`,
  );
  const different = count(({unexplained}) => unexplained.length > 0);
  const meant = count((each) => each.unexplained.length === 0 && each.explained.length > 0);
  const equal = results.length - different - meant - count(({kind}) => kind === 'unasked');
  return [
    `${results.length} cases: ${outcomes.join(', ')}`,
    `${equal} equal, ${meant} different as meant, ${different} different`,
  ].join('\n');
}
