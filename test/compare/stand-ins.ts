/**
 * The images of fixtures/dockerfiles/images.json as archives: busybox with their config, whose shell writes down what
 * it was asked to do and in what surroundings, and then does it, whether that works or not.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {basesDirectory} from '../bases/ensure-base.js';
import {directory, FileTree, file} from '../bases/file-tree.js';
import {writeImageArchive} from '../bases/image-archive.js';
import {recipes} from '../bases/recipes.js';
import {casesFolder} from './corpus.js';

interface ImageFixture {
  readonly layers: number;
  readonly author?: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const SHELLS = ['bin/sh', 'bin/bash', 'bin/exec', 'usr/bin/env'];
const RECORDER = `#!/bin/busybox sh
all=$(/bin/busybox env | /bin/busybox sort)
record=/recorded/$(/bin/busybox ls /recorded | /bin/busybox wc -l)
{
  for word in "$0" "$@"; do /bin/busybox printf 'word: %s\\n' "$word"; done
  /bin/busybox id
  echo "in $(/bin/busybox pwd), umask $(umask)"
  echo "$all"
  /bin/busybox sh "$@" 2>&1
  echo "exit code $?"
} > "$record"
`;

/** Files that cases copy out of images. */
const SOURCES =
  'a x y out bin/tool src/x src/out/run etc/issue etc/shadow etc/os-release <<EOF'.split(' ');

/** Writes them into the directory; paths of the archives. */
export async function writeStandIns(target: string): Promise<string[]> {
  const images: Record<string, ImageFixture> = JSON.parse(
    readFileSync(join(casesFolder, 'images.json'), 'utf8'),
  );
  const tree = await recordingTree();
  const paths: string[] = [];
  for (const [name, {layers, config, ...fields}] of Object.entries(images)) {
    const path = join(target, `${name.replace(/\W/g, '-')}.tar`);
    const above = Array.from({length: Math.max(0, layers - 1)}, (_, index) =>
      layerNumber(index + 1),
    );
    await writeImageArchive(path, {
      references: [name.includes(':') ? name : `${name}:latest`],
      config,
      fields,
      layers: layers === 0 ? [] : [tree, ...above],
    });
    paths.push(path);
  }
  return paths;
}

async function recordingTree(): Promise<FileTree> {
  const {layers} = await recipes.busybox(join(basesDirectory, 'packages'));
  const tree = new FileTree(layers[0]);
  tree.put('recorded', directory({mode: 0o1777}));
  for (const path of SHELLS) tree.put(path, file(RECORDER, {mode: 0o755}));
  for (const path of SOURCES) tree.put(path, file(`${path}\n`));
  tree.put('etc/passwd', file(`${tree.text('etc/passwd')}app:x:1000:1000::/home/app:/bin/sh\n`));
  tree.put('etc/group', file(`${tree.text('etc/group')}app:x:1000:\nstaff:x:50:\n`));
  return tree;
}

function layerNumber(index: number): FileTree {
  const tree = new FileTree();
  tree.put(`layer${index}`, file(''));
  return tree;
}
