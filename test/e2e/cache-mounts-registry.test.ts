/** Cache mounts of one machine in another, which are two stores, through a registry that both know. */
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {type Descriptor, describe} from '../../src/oci/descriptor.js';
import {MediaType} from '../../src/oci/media-type.js';
import {needs} from '../helpers/needs.js';
import {pushImage, type RawRegistry, rawRegistry} from '../helpers/raw-registry.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

const user = testUserNames.at(-1) ?? 'root';

const MOUNTS =
  '--mount=type=cache,id=one,target=/one --mount=type=cache,id=two,target=/two,uid=7,mode=0711';

const build = (place: Place, command: string, ...flags: string[]) => {
  const Dockerfile = `FROM busybox\nRUN ${MOUNTS} ${command}\n`;
  return place.ok(['build', '-q', '--no-cache', ...flags, place.context({Dockerfile})]);
};

const CACHE_MOUNT = 'application/vnd.tsbuild.cache-mount.v1';
const CONFIG = 'application/vnd.tsbuild.cache-mount.config.v1+json';
const FACTS = {id: '/one', variant: '', mode: 0o755, uid: 0, gid: 0};

test("a step sees what another machine's step left there", async (context) => {
  needs(context, 'user namespaces');
  await using at = await rawRegistry();
  const name = `${at.registry.address}/team/caches`;
  await using first = await openPlace(user, ['busybox']);
  await using second = await openPlace(user, ['busybox']);
  await build(
    first,
    'mkdir /one/d && echo kept > /one/d/file && ln /one/d/file /one/hard && ln -s d/file /one/soft && touch /two/second',
  );
  const pushed = await first.ok(['cache', 'mounts', 'export', '--to', `${name}:main`]);
  expect(pushed.stdout).toMatch(new RegExp(`^${name}@sha256:[0-9a-f]{64}\n$`));
  // Equal directories are equal artifacts.
  const again = await first.ok(['cache', 'mounts', 'export', '--to', `${name}:again`]);
  expect(again.stdout).toBe(pushed.stdout);

  const imported = await second.ok(['cache', 'mounts', 'import', '--from', `${name}:main`]);
  expect(imported.stdout).toMatch(/^\/one {2}\S+B\n\/two {2}\S+B\n$/);
  await build(
    second,
    "(cat /one/soft; stat -c '%h' /one/hard; ls /two; stat -c '%a %u' /two) > /seen",
    '-t',
    'seen',
  );
  const seen = await second.ok(['run', '--rm', 'seen', 'cat', '/seen']);
  expect(seen.stdout).toBe('kept\n2\nsecond\n711 7\n');

  const one = ['cache', 'mounts', 'export', '--to', `${name}:one`, '--max-age', '24h', 'one'];
  await first.ok(one);
  const onlyOne = await second.ok(['cache', 'mounts', 'import', '--from', `${name}:one`]);
  expect(onlyOne.stdout).toMatch(/^\/one {2}\S+B\n$/);
});

/** One mount, its files packed as `data`. */
async function artifact(
  at: RawRegistry,
  facts: object,
  data: Uint8Array = gzipSync(Buffer.alloc(1024)),
): Promise<Descriptor> {
  const config = Buffer.from(JSON.stringify(facts));
  await at.pushBlob('caches', config);
  await at.pushBlob('caches', data);
  const manifest = {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    artifactType: CACHE_MOUNT,
    config: describe(CONFIG, config),
    layers: [describe(MediaType.layerGzip, data)],
  };
  expect(await at.pushManifest('caches', 'member', manifest)).toMatchObject({status: 201});
  return describe(MediaType.manifest, Buffer.from(JSON.stringify(manifest)));
}

const index = (at: RawRegistry, ...manifests: readonly Descriptor[]) =>
  at.pushManifest('caches', 'main', {schemaVersion: 2, mediaType: MediaType.index, manifests});

interface Refused {
  readonly name: string;
  readonly code: string;
  /** Pushes what the row is about. */
  readonly prepare?: (at: RawRegistry) => Promise<unknown>;
  readonly faults?: readonly string[];
}

const refused: readonly Refused[] = [
  {name: 'a reference that is not there', code: 'E_MANIFEST_UNKNOWN'},
  {name: 'an image', code: 'E_NOT_CACHE_MOUNTS', prepare: (at) => pushImage(at, 'caches', 'main')},
  {
    name: 'an index of images',
    code: 'E_NOT_CACHE_MOUNTS',
    async prepare(at) {
      const {manifest} = await pushImage(at, 'caches', 'member');
      await index(at, describe(MediaType.manifest, Buffer.from(JSON.stringify(manifest))));
    },
  },
  {
    name: 'a config that says less than whose directory it is',
    code: 'E_INVALID_DOCUMENT',
    prepare: async (at) => index(at, await artifact(at, {id: '/one'})),
  },
  {
    name: 'files whose bytes are not those of the digest',
    code: 'E_DIGEST_MISMATCH',
    prepare: async (at) => index(at, await artifact(at, FACTS)),
    faults: ['GET blobs: wrong'],
  },
  {
    name: 'a few bytes that are very many',
    code: 'E_TAR_LIMIT',
    prepare: async (at) => index(at, await artifact(at, FACTS, gzipSync(Buffer.alloc(5e7)))),
  },
  {
    name: 'a mount that is good beside one that is not',
    code: 'E_TAR_TRUNCATED',
    async prepare(at) {
      const good = await artifact(at, FACTS);
      const bad = await artifact(at, {...FACTS, id: '/two'}, Buffer.from('no gzip'));
      await index(at, good, bad);
    },
  },
];

test('what cannot be believed changes nothing', async (context) => {
  needs(context, 'user namespaces');
  await using place = await openPlace(user, ['busybox']);
  await build(place, 'echo good > /one/file');
  const told: Record<string, string> = {};
  for (const {name, prepare, faults = []} of refused) {
    await using at = await rawRegistry({faults});
    await prepare?.(at);
    const from = ['--from', `${at.registry.address}/caches:main`, '--retry', '0'];
    const {stderr} = await place.run(['cache', 'mounts', 'import', ...from, '--max-size', '1MB']);
    told[name] = /code: (E_\w+)/.exec(stderr)?.[1] ?? stderr;
  }
  expect(told).toEqual(Object.fromEntries(refused.map(({name, code}) => [name, code])));
  await build(place, 'cat /one/file > /seen', '-t', 'seen');
  expect((await place.ok(['run', '--rm', 'seen', 'cat', '/seen'])).stdout).toBe('good\n');
});

test('a place is either a file or a registry', async () => {
  await using place = await openPlace(user);
  const both = await place.run(['cache', 'mounts', 'export', '--to', 'caches', '-o', 'x']);
  expect(both).toMatchObject({code: 125, stderr: expect.stringContaining('--to')});
});
