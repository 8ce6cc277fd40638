/** A context of many files: 100,000 with `npm run large`, fewer else. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';
import {savedLayers} from './saved-layers.js';

const FILES = Number(process.env['TSBUILD_LARGE_CONTEXT'] ?? 2000);
const A_DIRECTORY = 100;
/** Of ten files one is ignored. */
const KEPT = FILES - FILES / 10;

/** Milliseconds: where many files were just deleted, ext4 without a journal makes new ones slowly. */
const LIMIT = 900_000;

function fill(context: string): void {
  for (let directory = 0; directory < FILES / A_DIRECTORY; directory++) {
    const path = join(context, 'files', `${directory % 10}`, `d${directory}`);
    mkdirSync(path, {recursive: true});
    for (let file = 0; file < A_DIRECTORY; file++) {
      const ending = file % 10 === 0 ? 'log' : 'txt';
      writeFileSync(join(path, `f${file}.${ending}`), `${directory}/${file}\n`);
    }
  }
}

test(
  `a context of ${FILES} files is copied whole, but for what is ignored, and taken from the cache when nothing changed`,
  async () => {
    await using place = await openPlace(testUserNames.at(-1) as string);
    const context = place.context({
      Dockerfile: 'FROM scratch\nCOPY files /files\n',
      '.dockerignore': '**/*.log\n',
      'files/': '',
    });
    fill(context);
    const told = JSON.parse((await place.ok(['context', '--json', context])).stdout);
    expect(told.ignored.files).toBe(FILES / 10);
    const first = await place.build(context, 'large');
    const [layer = []] = await savedLayers(place, 'large');
    expect(layer.filter((line) => line.startsWith('-'))).toHaveLength(KEPT);
    expect(layer.some((line) => line.endsWith('.log'))).toBe(false);
    const again = await place.build(context, 'large');
    expect(again.imageID).toBe(first.imageID);
    expect(again.steps.find(({name}) => name.includes('COPY'))?.state).toBe('cached');
  },
  LIMIT,
);
