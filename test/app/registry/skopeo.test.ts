/** A client that others wrote, and ours, at one registry: digests agree both ways, byte for byte. */
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {pullImage} from '../../../src/app/registry/pull.js';
import {pushImage} from '../../../src/app/registry/push.js';
import {parseReference} from '../../../src/oci/reference.js';
import {ensureBase} from '../../bases/ensure-base.js';
import {dockerRegistry} from '../../helpers/docker-registry.js';
import {needs} from '../../helpers/needs.js';
import {storeImageOfText} from '../../helpers/stored-image.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {temporaryStore} from '../../helpers/temporary-store.js';
import {machine} from './machine.js';

/** As a process of its own, so that this one can answer meanwhile. */
function skopeo(...args: readonly string[]): Promise<void> {
  const child = spawn('skopeo', ['--insecure-policy', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (text) => (errors += text));
  return new Promise((resolve, reject) =>
    child.on('error', reject).on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(errors));
    }),
  );
}

const digestOfFile = (path: string): string =>
  `sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`;

test('skopeo pulls what we pushed, and we pull what it pushed; every digest is the same', async (context) => {
  needs(context, 'skopeo', 'root');
  await using _ = machine();
  await using folder = temporaryFolder();
  await using registry = await dockerRegistry(context, {folder: folder.path});
  await using place = await temporaryStore();
  const {store, root} = place;
  const ours = `${registry.address}/team/ours:v1`;
  const {manifest} = storeImageOfText(store, 'one', 'two'.repeat(500_000));
  await store.references.tag(parseReference(ours), manifest);
  const [pushed] = await pushImage({reference: ours, root});
  const copy = join(folder.path, 'copy');
  await skopeo('copy', '--src-tls-verify=false', `docker://${ours}`, `dir:${copy}`);
  expect(digestOfFile(join(copy, 'manifest.json'))).toBe(pushed?.digest);
  const blobs = readdirSync(copy).filter((name) => /^[0-9a-f]{64}$/.test(name));
  expect(blobs).toHaveLength(3);
  for (const hex of blobs) expect(digestOfFile(join(copy, hex))).toBe(`sha256:${hex}`);

  const theirs = `${registry.address}/team/theirs:v1`;
  const archive = `oci-archive:${await ensureBase('busybox')}`;
  await skopeo('copy', '--dest-tls-verify=false', archive, `docker://${theirs}`);
  const answer = await fetch(`http://${registry.address}/v2/team/theirs/manifests/v1`, {
    headers: {accept: 'application/vnd.oci.image.manifest.v1+json'},
  });
  const {digest} = await pullImage({reference: theirs, root});
  expect(digest).toBe(answer.headers.get('docker-content-digest'));
  const stored = store.references.resolve(parseReference(theirs));
  expect(stored && store.blobs.read(stored).equals(Buffer.from(await answer.arrayBuffer()))).toBe(
    true,
  );
});
