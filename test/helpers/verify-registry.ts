/**
 * Re-derives all that a registry's directory says of itself: every blob's digest, every manifest's bytes, every blob that a
 * manifest needs, every tag, every hard link. Nobody may be serving it.
 */
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {parseImageIndex} from '../../src/oci/image-index.js';
import {REF_NAME} from '../../src/oci/image-layout.js';
import {manifestFacts} from '../../src/server/storage/manifest-facts.js';

export interface VerifiedRegistry {
  /** `repository:tag` → digest. */
  readonly tags: ReadonlyMap<string, string>;
  readonly blobs: number;
}

/** Throws an Error that says what is wrong. */
export function verifyRegistry(data: string): VerifiedRegistry {
  const pool = join(data, 'blobs/sha256');
  for (const hex of readdirSync(pool)) verifyFile(pool, hex);
  const tags = new Map<string, string>();
  for (const folder of readdirSync(join(data, 'repositories'))) {
    for (const [tag, digest] of verifyRepository(join(data, 'repositories', folder), pool)) {
      tags.set(`${folder.replaceAll('+', '/')}:${tag}`, digest);
    }
  }
  return {tags, blobs: readdirSync(pool).length};
}

function verifyRepository(root: string, pool: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  const blobs = join(root, 'blobs/sha256');
  for (const hex of readdirSync(blobs)) {
    const same = statSync(join(blobs, hex)).ino === statSync(join(pool, hex)).ino;
    if (!same) throw new Error(`${root}: ${hex} is on the disk twice`);
  }
  let index: Buffer;
  try {
    index = readFileSync(join(root, 'index.json'));
  } catch {
    // A repository is one when its index.json is there; it is written last.
    return tags;
  }
  for (const {digest, mediaType, annotations} of parseImageIndex(index, 1e9).manifests) {
    const facts = manifestFacts(readFileSync(join(blobs, hexOf(digest))), mediaType);
    for (const need of facts.blobs) statSync(join(blobs, hexOf(need.digest)));
    const tag = annotations?.[REF_NAME];
    if (tag !== undefined) tags.set(tag, digest);
  }
  return tags;
}

function verifyFile(folder: string, hex: string): void {
  const digest = createHash('sha256')
    .update(readFileSync(join(folder, hex)))
    .digest('hex');
  if (digest !== hex) throw new Error(`${folder}: ${hex} has the digest ${digest}`);
}

const hexOf = (digest: string): string => digest.slice('sha256:'.length);
