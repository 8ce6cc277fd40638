/** Results as Markdown: medians in seconds, our ratio to the best peer, and the goal. */
import type {Case} from './case.js';
import type {Row} from './run-case.js';

export interface Measured {
  readonly what: Case;
  readonly rows: readonly Row[];
}

const OURS = /^tsbuild/;

export function table(measured: readonly Measured[]): string {
  const names = [...new Set(measured.flatMap(({rows}) => rows.map((row) => row.builder)))];
  const ours = names.filter((name) => OURS.test(name));
  const head = ['work', ...names, ...ours.map((name) => `${name} ÷ best peer`), 'goal', 'peak MiB'];
  const body = measured.map(({what, rows}) => {
    const best = bestPeer(rows, what.floors);
    return [
      what.name,
      ...names.map((name) => seconds(find(rows, name)?.median)),
      ...ours.map((name) => ratio(find(rows, name)?.median, best, what.goal)),
      what.goal === undefined ? '' : `≤ ${what.goal}`,
      ours.map((name) => find(rows, name)?.megabytes?.toFixed(0) ?? '?').join(' / '),
    ];
  });
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function bestPeer(rows: readonly Row[], floors: readonly string[] = []): number | undefined {
  const peers = rows.filter(({builder}) => !OURS.test(builder) && !floors.includes(builder));
  return peers.length === 0 ? undefined : Math.min(...peers.map((row) => row.median));
}

const find = (rows: readonly Row[], name: string) => rows.find((row) => row.builder === name);

function seconds(value: number | undefined): string {
  if (value === undefined) return '';
  return value < 1 ? value.toFixed(3) : value.toFixed(2);
}

function ratio(ours: number | undefined, best: number | undefined, goal?: number): string {
  if (ours === undefined || best === undefined) return '';
  const value = ours / best;
  const mark = goal !== undefined && value > goal ? ' ✗' : '';
  return `${value.toFixed(2)}${mark}`;
}
