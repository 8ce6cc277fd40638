import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {once} from '../../../src/content/read-all.js';
import {applyLayer} from '../../../src/layer/apply.js';
import {UnsafeEntryError} from '../../../src/layer/errors.js';
import type {FileChange} from '../../../src/layer/inspect/file-change.js';
import {inspectLayers} from '../../../src/layer/inspect/inspect-layers.js';
import type {LayerSource} from '../../../src/layer/inspect/read-layer.js';
import {SymlinkLoopError} from '../../../src/linux/errors.js';
import {type EntryDraft, tarOf} from '../../helpers/tar-bytes.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

const file = (name: string, content = name, more: Partial<EntryDraft> = {}): EntryDraft => ({
  name,
  content,
  ...more,
});
const directory = (name: string): EntryDraft => ({name, type: 'directory', mode: 0o755});
const link = (name: string, linkName: string): EntryDraft => ({name, type: 'symlink', linkName});

type Layers = readonly (readonly EntryDraft[])[];

const packed = (layers: Layers): LayerSource[] =>
  layers.map((entries) => ({kind: 'tar', bytes: once(gzipSync(tarOf(...entries)))}));

/** `~ etc/passwd mode`: what the last layer did. */
const told = (changes: readonly FileChange[] = []): string[] =>
  changes.map(({change, path, aspects, files}) => {
    const sign = {added: '+', changed: '~', deleted: '-'}[change];
    const more = change === 'deleted' ? ` ${files}` : aspects.map(({name}) => ` ${name}`).join('');
    return `${sign} ${path}${more}`;
  });

describe('hostile layers', () => {
  test.each([
    ['a name that climbs out', [file('../x')], UnsafeEntryError],
    ['a whiteout of no name', [file('a/.wh.')], UnsafeEntryError],
    ['symlinks in a circle', [link('a', 'b'), link('b', 'a'), file('a/x')], SymlinkLoopError],
  ])('%s is refused', async (_, entries, error) => {
    await expect(inspectLayers(packed([entries]))).rejects.toThrow(error);
  });

  test('a path through a symlink stays inside the root', async () => {
    const {layers} = await inspectLayers(
      packed([
        [link('out', '/../../tmp'), link('up', '../..'), directory('tmp')],
        [file('out/x'), file('up/y')],
      ]),
    );
    expect(told(layers[1]?.changes)).toEqual(['+ tmp/x', '+ y']);
  });
});

const cases: readonly {name: string; layers: Layers; last: readonly string[]}[] = [
  {
    name: 'files and directories are added, the directories nobody named as well',
    layers: [[file('a/b/c'), directory('d')]],
    last: ['+ a', '+ a/b', '+ a/b/c', '+ d'],
  },
  {
    name: 'a file with other bytes, of the same size or not',
    layers: [
      [file('a', 'one'), file('b', 'one')],
      [file('a', 'two'), file('b', 'three')],
    ],
    last: ['~ a content', '~ b content'],
  },
  {
    name: 'mode, owner and attributes',
    layers: [
      [file('a'), file('b'), file('c')],
      [
        file('a', 'a', {mode: 0o4755}),
        file('b', 'b', {uid: 5}),
        file('c', 'c', {xattrs: new Map([['user.x', Buffer.from('1')]])}),
      ],
    ],
    last: ['~ a mode', '~ b owner', '~ c attributes'],
  },
  {
    name: 'a file that is written again as it was, at another time',
    layers: [[file('a')], [file('a', 'a', {mtime: 5})]],
    last: ['~ a'],
  },
  {
    name: 'a directory that comes along unchanged is no change',
    layers: [
      [directory('d'), file('d/a')],
      [directory('d'), file('d/b')],
    ],
    last: ['+ d/b'],
  },
  {
    name: 'a deleted directory is one change',
    layers: [[file('d/a'), file('d/e/b')], [file('.wh.d')]],
    last: ['- d 2'],
  },
  {
    name: 'a deletion of what is not there is none',
    layers: [[file('a')], [file('.wh.b'), file('x/.wh.y')]],
    last: ['+ x'],
  },
  {
    name: 'a deletion spares what its own layer made, before it or after it',
    layers: [
      [file('d/old'), file('d/both')],
      [file('d/new'), file('d/both', 'other'), file('.wh.d')],
    ],
    last: ['~ d/both content', '+ d/new', '- d/old 1'],
  },
  {
    name: 'a directory that was deleted and made again',
    layers: [
      [file('d/old'), file('d/kept')],
      [file('.wh.d'), directory('d'), file('d/kept'), file('d/new')],
    ],
    last: ['~ d/kept', '+ d/new', '- d/old 1'],
  },
  {
    name: 'an opaque directory',
    layers: [
      [file('d/old'), file('d/e/old')],
      [file('d/new'), file('d/.wh..wh..opq')],
    ],
    last: ['- d/e 1', '+ d/new', '- d/old 1'],
  },
  {
    name: 'a file in the place of a directory, and the other way round',
    layers: [
      [file('d/a'), file('f')],
      [file('d'), directory('f'), file('f/a')],
    ],
    last: ['~ d type', '~ f type', '+ f/a'],
  },
  {
    name: 'a hard link is the file that it names',
    layers: [
      [file('a', 'same'), file('b', 'same')],
      [file('a', 'same'), {name: 'b', type: 'hard-link', linkName: 'a'}],
    ],
    last: ['~ a', '~ b'],
  },
  {
    name: 'what is written through a symlink of a lower layer',
    layers: [[directory('usr/lib'), link('lib', 'usr/lib')], [file('lib/x')]],
    last: ['+ usr/lib/x'],
  },
];

describe('what a layer did to those below it', () => {
  test.each(cases)('$name', async ({layers, last}) => {
    const inspected = await inspectLayers(packed(layers));
    expect(told(inspected.layers.at(-1)?.changes)).toEqual(last);
  });

  test.each(cases)('the same of layers that are unpacked: $name', async ({layers, last}) => {
    await using folder = temporaryFolder();
    const sources: LayerSource[] = [];
    const lowers: string[] = [];
    for (const [index, entries] of layers.entries()) {
      const path = join(folder.path, `layer${index}`, 'fs');
      mkdirSync(path, {recursive: true});
      await applyLayer(once(tarOf(...entries)), {upper: path, lowers: [...lowers]});
      sources.push({kind: 'directory', path});
      lowers.unshift(path);
    }
    const inspected = await inspectLayers(sources);
    expect(told(inspected.layers.at(-1)?.changes)).toEqual(last);
  });
});

describe("waste is dive's", () => {
  const of = (size: number): string => 'x'.repeat(size);
  test.each<{
    name: string;
    layers: Layers;
    efficiency: number;
    wasted: readonly string[];
    user: number;
  }>([
    {name: 'no layers', layers: [], efficiency: 1, wasted: [], user: 0},
    {name: 'empty files', layers: [[file('a', '')]], efficiency: 1, wasted: [], user: 0},
    {
      name: 'a file in three layers: all its bytes, and the smallest counts as needed',
      layers: [
        [file('a', of(300))],
        [file('a', of(100))],
        [file('a', of(200)), file('b', of(200))],
      ],
      efficiency: 300 / 800,
      wasted: ['a 3 600'],
      user: 600 / 500,
    },
    {
      name: 'a deleted file',
      layers: [
        [file('d/a', of(100)), file('b', of(100))],
        [file('d/.wh.a'), file('c', of(50))],
      ],
      efficiency: 150 / 250,
      wasted: ['d/a 2 100'],
      user: 2,
    },
    {
      name: 'a deleted directory counts on both sides, and wastes nothing by itself',
      layers: [
        [
          directory('etc'),
          directory('etc/nginx'),
          file('etc/nginx/conf', of(20)),
          file('etc/nginx/public', of(30)),
        ],
        [file('etc/nginx/conf', of(50)), file('etc/athing', of(100))],
        [file('etc/.wh.nginx')],
      ],
      efficiency: 230 / 280,
      wasted: ['etc/nginx/conf 2 70'],
      user: 70 / 150,
    },
  ])('$name', async ({layers, efficiency, wasted, user}) => {
    const {waste} = await inspectLayers(packed(layers));
    expect(waste.efficiency).toBeCloseTo(efficiency, 10);
    expect(waste.paths.map(({path, layers: count, bytes}) => `${path} ${count} ${bytes}`)).toEqual(
      wasted,
    );
    expect(waste.userWastedPercent).toBeCloseTo(user, 10);
  });
});
