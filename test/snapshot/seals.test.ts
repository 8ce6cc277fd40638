import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {summarize} from '../../src/layer/summarize.js';
import {digestOf} from '../../src/oci/digest.js';
import {Seals} from '../../src/snapshot/seals.js';
import type {Snapshot} from '../../src/snapshot/snapshotter.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

/** A layer of ours that was sealed by another process. */
async function sealed(folder: string): Promise<{snapshot: Snapshot; open: () => Seals}> {
  const path = join(folder, 'fs');
  mkdirSync(join(path, 'sub'), {recursive: true});
  writeFileSync(join(path, 'file'), 'bytes');
  writeFileSync(join(path, 'sub/other'), 'other');
  const chainID = digestOf('chain');
  const createdAt = '2026-01-01T00:00:00Z';
  const snapshot = {...summarize(path), id: 'layer', chainID, path, createdAt};
  const open = () => new Seals(() => folder);
  open().seal(snapshot);
  // A tick of the kernel's clock.
  await sleep(20);
  return {snapshot, open};
}

/** Keeps size and time of the last write. */
function rewrite(path: string): void {
  const {atime, mtime} = statSync(path);
  writeFileSync(path, readFileSync(path, 'utf8').toUpperCase());
  utimesSync(path, atime, mtime);
}

interface Change {
  readonly what: string;
  readonly change: (path: string) => void;
  readonly whole: boolean;
}

const changes: Change[] = [
  {what: 'rewritten under its old time', change: (fs) => rewrite(`${fs}/sub/other`), whole: false},
  {what: 'longer', change: (fs) => appendFileSync(`${fs}/file`, '!'), whole: false},
  {what: 'of another mode', change: (fs) => chmodSync(`${fs}/file`, 0o600), whole: false},
  {what: 'gone', change: (fs) => rmSync(`${fs}/file`), whole: false},
  {what: 'renamed', change: (fs) => renameSync(`${fs}/file`, `${fs}/sub/file`), whole: false},
  {what: 'new', change: (fs) => writeFileSync(`${fs}/more`, ''), whole: false},
  {
    what: 'linked from elsewhere',
    change: (fs) => linkSync(`${fs}/file`, `${fs}.link`),
    whole: true,
  },
  {what: 'as it was', change: () => undefined, whole: true},
];

test.each([0, 1].flatMap((looks) => changes.map((each) => ({...each, looks}))))(
  'a file that is $what after $looks looks at its layer leaves that whole: $whole',
  async ({change, whole, looks}) => {
    await using folder = temporaryFolder();
    const {snapshot, open} = await sealed(folder.path);
    for (let look = 0; look < looks; look++) expect(await open().isWhole(snapshot)).toBe(true);
    change(snapshot.path);
    expect(await open().isWhole(snapshot)).toBe(whole);
  },
);

test('once a layer was looked at, a clock that was set back since it was made hides nothing', async () => {
  await using folder = temporaryFolder();
  const {snapshot, open} = await sealed(folder.path);
  const ahead = Date.now() + 60 * 60 * 1000;
  writeFileSync(join(folder.path, 'seal.json'), JSON.stringify({time: ahead}));
  expect(await open().isWhole(snapshot)).toBe(true);
  rewrite(join(snapshot.path, 'file'));
  expect(await open().isWhole(snapshot)).toBe(false);
});
