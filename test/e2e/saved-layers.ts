/** The layers of an image as another program reads them: GNU tar, on what `save` wrote. */
import {execFileSync} from 'node:child_process';
import {join} from 'node:path';
import type {Place} from './place.js';

/** Bytes. */
const LONGEST = 1 << 29;

/** Lines of `tar -tv` with numeric owners and without times, a list per layer, base first. */
export async function savedLayers(place: Place, reference: string): Promise<string[][]> {
  const archive = join(place.directory, 'saved.tar');
  await place.ok(['save', '-o', archive, reference]);
  const manifest = JSON.parse(tar(['-xOf', archive, 'manifest.json']).toString('utf8'));
  return manifest[0].Layers.map((path: string) => listed(tar(['-xOf', archive, path])));
}

function listed(layer: Buffer): string[] {
  const text = execFileSync('tar', ['-tvf', '-', '--numeric-owner'], {
    input: layer,
    encoding: 'utf8',
    maxBuffer: LONGEST,
  });
  return text
    .trim()
    .split('\n')
    .map((line) => line.replace(/\s+/g, ' ').replace(/ \d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?/, ''));
}

const tar = (args: readonly string[]): Buffer =>
  execFileSync('tar', args, {maxBuffer: LONGEST, stdio: ['ignore', 'pipe', 'inherit']});
