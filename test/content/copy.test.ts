import {expect, test} from 'vitest';
import {chooseManifest} from '../../src/content/choose-manifest.js';
import {copy} from '../../src/content/copy.js';
import {MemoryContent} from '../../src/content/memory.js';
import {readAll} from '../../src/content/read-all.js';
import type {Descriptor} from '../../src/oci/descriptor.js';
import {serializeImageIndex} from '../../src/oci/image-index.js';
import {serializeManifest} from '../../src/oci/manifest.js';
import {MediaType} from '../../src/oci/media-type.js';

const amd64 = {os: 'linux', architecture: 'amd64'};
const arm64 = {os: 'linux', architecture: 'arm64'};

function image(content: MemoryContent, layers: readonly string[]): Descriptor {
  const config = content.add(MediaType.config, Buffer.from(`{"of":"${layers}"}`));
  const manifest = serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config,
    layers: layers.map((layer) => content.add(MediaType.layer, Buffer.from(layer))),
  });
  return content.add(MediaType.manifest, manifest);
}

const index = (content: MemoryContent, manifests: readonly Descriptor[]): Descriptor =>
  content.add(
    MediaType.index,
    serializeImageIndex({schemaVersion: 2, mediaType: MediaType.index, manifests}),
  );

test('leaves arrive before what names them, and each digest once', async () => {
  const [from, to] = [new MemoryContent(), new MemoryContent()];
  const first = image(from, ['base', 'one']);
  const second = image(from, ['base', 'two']);
  const root = index(from, [
    {...first, platform: amd64},
    {...second, platform: arm64},
  ]);
  const finished: Descriptor[] = [];
  await copy({from, to}, root, {
    onEvent: (event) => event.kind === 'finished' && finished.push(event.target),
  });
  const digests = finished.map(({digest}) => digest);
  expect(new Set(digests).size).toBe(digests.length);
  expect(digests.at(-1)).toBe(root.digest);
  expect(finished).toHaveLength(8);
  const manifests = finished.map(({mediaType}) => mediaType === MediaType.manifest);
  expect(manifests.indexOf(true)).toBeGreaterThanOrEqual(3);
});

test('what is there is not sent again', async () => {
  const [from, to] = [new MemoryContent(), new MemoryContent()];
  const root = image(from, ['base', 'one']);
  to.add(MediaType.layer, Buffer.from('base'));
  const events: string[] = [];
  const onEvent = (event: {kind: string}) => events.push(event.kind);
  await copy({from, to}, root, {onEvent});
  expect(events.filter((kind) => kind === 'exists')).toHaveLength(1);
  events.length = 0;
  await copy({from, to}, root, {onEvent});
  expect(events).toEqual(['exists']);
});

test('an index that came for one platform can be completed with another', async () => {
  const [from, to] = [new MemoryContent(), new MemoryContent()];
  const root = index(from, [
    {...image(from, ['one']), platform: amd64},
    {...image(from, ['two']), platform: arm64},
  ]);
  for (const platform of [amd64, arm64]) {
    const wanted = await chooseManifest(from, root, platform);
    await copy({from, to}, root, {
      select: (all) => all.filter((each) => each.digest === wanted.digest),
    });
    expect(await to.exists(wanted)).toBe(true);
  }
});

test('after a failure nothing above the missing leaf is written', async () => {
  const [from, to] = [new MemoryContent(), new MemoryContent()];
  const missing = {
    mediaType: MediaType.layer,
    digest: `sha256:${'0'.repeat(64)}` as const,
    size: 3,
  };
  const config = from.add(MediaType.config, Buffer.from('{}'));
  const manifest = serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config,
    layers: [missing],
  });
  const root = from.add(MediaType.manifest, manifest);
  await expect(copy({from, to}, root)).rejects.toMatchObject({
    code: 'E_CONTENT_NOT_FOUND',
    digest: missing.digest,
  });
  expect(await to.exists(root)).toBe(false);
});

test('a manifest that lies about the size of a layer is refused', async () => {
  const [from, to] = [new MemoryContent(), new MemoryContent()];
  const layer = from.add(MediaType.layer, Buffer.from('layer'));
  const manifest = serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: from.add(MediaType.config, Buffer.from('{}')),
    layers: [{...layer, size: 4}],
  });
  const root = from.add(MediaType.manifest, manifest);
  await expect(copy({from, to}, root)).rejects.toMatchObject({code: 'E_SIZE_MISMATCH'});
  expect(await to.exists(layer)).toBe(false);
});

test('indexes nested without end are refused', async () => {
  const [from, to] = [new MemoryContent(), new MemoryContent()];
  let root = image(from, ['x']);
  for (let level = 0; level < 6; level++) root = index(from, [root]);
  await expect(copy({from, to}, root)).rejects.toMatchObject({code: 'E_NESTED_TOO_DEEP'});
  await expect(chooseManifest(from, root, amd64)).rejects.toMatchObject({
    code: 'E_NESTED_TOO_DEEP',
  });
});

test('a manifest is found through a nested index', async () => {
  const content = new MemoryContent();
  const manifest = image(content, ['x']);
  const nested = index(content, [{...manifest, platform: amd64}]);
  const root = index(content, [nested]);
  expect(await chooseManifest(content, root, amd64)).toMatchObject({digest: manifest.digest});
  await expect(chooseManifest(content, root, arm64)).rejects.toMatchObject({
    code: 'E_NO_MATCHING_PLATFORM',
    available: ['linux/amd64'],
  });
});

test('a document that claims to be huge is not read', async () => {
  const content = new MemoryContent();
  const target = {...content.add(MediaType.config, Buffer.from('{}')), size: 1e9};
  await expect(readAll(content, target, 1000)).rejects.toMatchObject({code: 'E_CONTENT_TOO_LARGE'});
});

test('an abort ends the copy', async () => {
  const [from, to] = [new MemoryContent(), new MemoryContent()];
  const root = image(from, ['one', 'two']);
  const stop = new AbortController();
  await expect(
    copy({from, to}, root, {onEvent: () => stop.abort(), signal: stop.signal}),
  ).rejects.toMatchObject({name: 'AbortError'});
  expect(await to.exists(root)).toBe(false);
});
