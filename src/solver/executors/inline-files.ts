/** The files an op brings along: written down here first, then copied or shown like any other. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fromText} from '../../archive/byte-string.js';
import {now} from '../../base/clock.js';
import type {InlineFile} from '../../graph/op.js';
import {type CopyRequest, copyTree} from '../../layer/copy-tree.js';
import {type Manifest, manifestOf} from '../../layer/manifest.js';
import {digestOf, hexOf} from '../../oci/digest.js';
import type {Mount} from '../../oci/runtime-spec.js';

/** `directory` is an empty one to write them in. */
export function copyInlineFiles(
  files: readonly InlineFile[],
  request: Omit<CopyRequest, 'root' | 'manifest'>,
  directory: string,
): void {
  for (const file of files) {
    writeFileSync(join(directory, file.name), file.content);
    copyTree({...request, root: directory, manifest: onlyFile(file)});
  }
}

function onlyFile({name, content}: InlineFile): Manifest {
  const bytes = Buffer.from(content);
  const source = fromText(name);
  const file = {
    kind: 'file' as const,
    path: '',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: bytes.length,
    mtime: Math.floor(now().getTime() / 1000),
    link: '',
    digest: hexOf(digestOf(bytes)),
    xattrs: undefined,
  };
  return manifestOf({path: source, link: source}, [file]);
}

/** The script of a RUN, where its command looks for it. */
export function scriptMount({name, content}: InlineFile, scratch: string): Mount {
  const source = join(scratch, 'pipes');
  mkdirSync(source, {mode: 0o755});
  writeFileSync(join(source, name), content, {mode: 0o755});
  return {
    destination: '/dev/pipes',
    type: 'bind',
    source,
    options: ['bind', 'ro', 'nosuid', 'nodev'],
  };
}
