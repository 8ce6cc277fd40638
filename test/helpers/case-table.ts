/** The tables in a layer's README that say which tests, or cases, show a behaviour. */
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '../..');

export interface CaseRow {
  readonly behaviour: string;
  /** Tests and cases, as they are written there. */
  readonly cases: readonly string[];
}

/** Of `src/<layer>/README.md`: rows whose last cell has nothing but names. */
export function caseTable(layer: string): readonly CaseRow[] {
  const readme = readFileSync(join(root, `src/${layer}/README.md`), 'utf8');
  const [, table = ''] = /^\| (?:behaviour|feature) \|.*\n((?:\|.*\n)*)/m.exec(readme) ?? [];
  return table.split('\n').flatMap((line) => {
    const [, behaviour, names] = /^\| ([^|]+) \| (`.+`) \|$/.exec(line) ?? [];
    if (behaviour === undefined || names === undefined) return [];
    return [{behaviour, cases: names.split(', ').map((name) => name.slice(1, -1))}];
  });
}

/** Tests by their paths: `test/layer/{a,b}` is two, `client/mirrors` one below `test/<layer>`. */
export function testFiles(name: string, layer: string): readonly string[] {
  const path = name.startsWith('test/') ? name : `test/${layer}/${name}`;
  const [, before, inner, after] = /^(.*)\{(.*)\}(.*)$/.exec(path) ?? [];
  const paths = inner?.split(',').map((each) => `${before}${each}${after}`) ?? [path];
  return paths.map((each) => `${each}.test.ts`);
}

export const isThere = (path: string): boolean => existsSync(join(root, path));
