import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {loadImages} from '../../src/export/archive/load.js';
import {saveImages} from '../../src/export/archive/save.js';
import {ImageContent} from '../../src/export/image/image-content.js';
import {verifyImage} from '../../src/export/image/verify-image.js';
import {digestOf, hexOf} from '../../src/oci/digest.js';
import {serializeImageIndex} from '../../src/oci/image-index.js';
import {blobPath} from '../../src/oci/image-layout.js';
import {serializeManifest} from '../../src/oci/manifest.js';
import {MediaType} from '../../src/oci/media-type.js';
import {formatReference, parseReference} from '../../src/oci/reference.js';
import type {Store} from '../../src/store/store.js';
import {buildImage, openSnapshots} from '../helpers/built-image.js';
import {type TarItem, tarOf} from '../helpers/image-archive.js';
import {needs} from '../helpers/needs.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {temporaryStore} from '../helpers/temporary-store.js';

const hello = parseReference('hello');
const other = parseReference('10.24.2.30:5000/other:1');

/** `tar` as it comes: in pieces of any size. */
function* pieces(tar: Buffer): Generator<Buffer> {
  for (let at = 0; at < tar.length; at += 70_001) yield tar.subarray(at, at + 70_001);
}

const load = (store: Store, tar: Buffer) =>
  loadImages(Readable.from(pieces(tar)), {
    store,
    snapshots: openSnapshots(store),
    platform: {os: 'linux', architecture: 'amd64'},
  });

const nothingLeft = (store: Store): void => {
  const drafts = readdirSync(store.paths.ingest).flatMap((owner) =>
    readdirSync(join(store.paths.ingest, owner)),
  );
  expect(drafts.filter((name) => name !== 'lock')).toEqual([]);
};

const configFor = (...layers: readonly Buffer[]): Buffer =>
  Buffer.from(
    JSON.stringify({
      architecture: 'amd64',
      os: 'linux',
      rootfs: {type: 'layers', diff_ids: layers.map(digestOf)},
    }),
  );

const dockerManifest = (entry: object): TarItem => ({
  name: 'manifest.json',
  data: JSON.stringify([{Config: 'config.json', RepoTags: ['hello:latest'], ...entry}]),
});

const layer = await tarOf({name: 'file', data: 'content'});
const another = await tarOf({name: 'file', data: 'another'});
const config = {name: 'config.json', data: configFor(layer)};

test.each([
  {name: 'nothing', items: [], code: 'E_BAD_ARCHIVE'},
  {name: 'a root file system', items: [{name: 'bin/sh', data: 'x'}], code: 'E_BAD_ARCHIVE'},
  {
    name: 'a layer that is missing',
    items: [config, dockerManifest({Layers: ['layer.tar']})],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'a config that is missing',
    items: [dockerManifest({Layers: []})],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'a layer outside of the archive',
    items: [config, dockerManifest({Layers: ['../../../etc/passwd']})],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'a layer at an absolute path',
    items: [config, dockerManifest({Layers: ['/etc/passwd']})],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'a config outside of the archive',
    items: [dockerManifest({Config: '/etc/passwd', Layers: []})],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'an entry outside of the archive',
    items: [{name: '../escaped', data: 'x'}],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'a link out of the archive',
    items: [
      config,
      {name: 'layer.tar', symlink: '../../etc/passwd'},
      dockerManifest({Layers: ['layer.tar']}),
    ],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'a link to an absolute path',
    items: [
      config,
      {name: 'layer.tar', symlink: '/etc/passwd'},
      dockerManifest({Layers: ['layer.tar']}),
    ],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'links in a circle',
    items: [
      config,
      {name: 'layer.tar', symlink: 'b'},
      {name: 'b', symlink: 'layer.tar'},
      dockerManifest({Layers: ['layer.tar']}),
    ],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'too few layers',
    items: [config, dockerManifest({Layers: []})],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'another layer than its config names',
    items: [config, {name: 'layer.tar', data: another}, dockerManifest({Layers: ['layer.tar']})],
    code: 'E_LAYER_DIGEST',
  },
  {
    name: 'a config that is not the one of its name',
    items: [
      {name: `${'0'.repeat(64)}.json`, data: config.data},
      {name: 'layer.tar', data: layer},
      dockerManifest({Config: `${'0'.repeat(64)}.json`, Layers: ['layer.tar']}),
    ],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'a name that is none',
    items: [
      config,
      {name: 'layer.tar', data: layer},
      dockerManifest({Layers: ['layer.tar'], RepoTags: ['../x']}),
    ],
    code: 'E_INVALID_REFERENCE',
  },
  {
    name: 'a manifest.json without end',
    items: [{name: 'manifest.json', data: Buffer.alloc(17 * 1024 * 1024, ' ')}],
    code: 'E_BAD_ARCHIVE',
  },
  {
    name: 'a manifest.json that is no list',
    items: [{name: 'manifest.json', data: '{}'}],
    code: 'E_INVALID_DOCUMENT',
  },
])('an archive with $name is refused and leaves nothing', async ({items, code}) => {
  await using here = await temporaryStore();
  await expect(load(here.store, await tarOf(...items))).rejects.toMatchObject({code});
  expect(here.store.references.list()).toEqual([]);
  nothingLeft(here.store);
});

/** An OCI archive of one layer, with something wrong in it. */
async function layout(change: {manifest?: object; layer?: Buffer; index?: object; omit?: string}) {
  const gzipped = gzipSync(layer);
  const configData = configFor(layer);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      config: {mediaType: MediaType.config, digest: digestOf(configData), size: configData.length},
      layers: [{mediaType: MediaType.layerGzip, digest: digestOf(gzipped), size: gzipped.length}],
      ...change.manifest,
    }),
  );
  const entry = {mediaType: MediaType.manifest, digest: digestOf(manifest), size: manifest.length};
  const items: TarItem[] = [
    {name: 'oci-layout', data: '{"imageLayoutVersion":"1.0.0"}'},
    {
      name: 'index.json',
      data: JSON.stringify({schemaVersion: 2, manifests: [{...entry, ...change.index}]}),
    },
    {name: blobPath(digestOf(configData)), data: configData},
    {name: blobPath(digestOf(manifest)), data: manifest},
    {name: blobPath(digestOf(gzipped)), data: change.layer ?? gzipped},
  ];
  return tarOf(...items.filter(({name}) => name !== change.omit));
}

test.each([
  {name: 'a layer of other bytes', change: {layer: gzipSync(another)}, code: 'E_BAD_ARCHIVE'},
  {name: 'no layer', change: {manifest: {layers: []}}, code: 'E_BAD_ARCHIVE'},
  {name: 'a size that lies', change: {index: {size: 1}}, code: 'E_BAD_ARCHIVE'},
  {
    name: 'a digest that is a path',
    change: {index: {digest: 'sha256:../../x'}},
    code: 'E_INVALID_DOCUMENT',
  },
  {
    name: 'an artifact that is no image',
    change: {
      manifest: {
        config: {
          mediaType: 'application/vnd.helm',
          digest: digestOf(configFor(layer)),
          size: configFor(layer).length,
        },
      },
    },
    code: 'E_BAD_ARCHIVE',
  },
])('an OCI archive with $name is refused and leaves nothing', async ({change, code}) => {
  await using here = await temporaryStore();
  await expect(load(here.store, await layout(change))).rejects.toMatchObject({code});
  expect(here.store.references.list()).toEqual([]);
  nothingLeft(here.store);
});

test('a layer that is unpacked already is compared all the same', async () => {
  await using here = await temporaryStore();
  await load(here.store, await layout({}));
  const lying = gzipSync(another);
  const tar = await layout({
    manifest: {
      layers: [{mediaType: MediaType.layerGzip, digest: digestOf(lying), size: lying.length}],
    },
  });
  const items = Buffer.concat([
    (await tarOf({name: blobPath(digestOf(lying)), data: lying})).subarray(0, -1024),
    tar,
  ]);
  await expect(load(here.store, items)).rejects.toMatchObject({code: 'E_DIFF_ID_MISMATCH'});
});

test('a truncated archive is refused', async () => {
  await using here = await temporaryStore();
  const tar = await layout({});
  await expect(load(here.store, tar.subarray(0, tar.length / 2))).rejects.toMatchObject({
    code: expect.stringMatching(/^E_/),
  });
  nothingLeft(here.store);
});

test('an OCI archive keeps its digests and the compressed layer that its manifest names', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const [loaded] = await load(store, gzipSync(await layout({})));
  expect(loaded?.names).toEqual([]);
  expect(store.references.list()).toEqual([{target: loaded?.target}]);
  expect(store.images.list()).toHaveLength(1);
  expect(await verifyImage(loaded!.target, {store, snapshots: openSnapshots(store)})).toEqual([]);
  expect(store.blobs.sizeOf(digestOf(gzipSync(layer)))).toBe(gzipSync(layer).length);
  nothingLeft(store);
});

test('an index in an archive is kept, and the image of the platform is loaded', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const data = configFor(layer);
  const manifest = serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: {mediaType: MediaType.config, digest: digestOf(data), size: data.length},
    layers: [{mediaType: MediaType.layer, digest: digestOf(layer), size: layer.length}],
  });
  const entry = {mediaType: MediaType.manifest, digest: digestOf(manifest), size: manifest.length};
  const index = serializeImageIndex({
    schemaVersion: 2,
    mediaType: MediaType.index,
    manifests: [
      {...entry, digest: digestOf('absent'), platform: {os: 'linux', architecture: 's390x'}},
      {...entry, platform: {os: 'linux', architecture: 'amd64'}},
    ],
  });
  const top = {mediaType: MediaType.index, digest: digestOf(index), size: index.length};
  const named = {...top, annotations: {'io.containerd.image.name': formatReference(other)}};
  const tar = await tarOf(
    {name: 'index.json', data: JSON.stringify({schemaVersion: 2, manifests: [named]})},
    {name: 'oci-layout', data: '{}'},
    {name: blobPath(top.digest), data: index},
    {name: blobPath(entry.digest), data: manifest},
    {name: blobPath(digestOf(data)), data},
    {name: blobPath(digestOf(layer)), data: layer},
  );
  const [loaded] = await load(store, tar);
  expect(loaded).toMatchObject({names: [other], target: top});
  expect(store.references.resolve(other)).toEqual(top);
});

test('an old docker archive, with links between its layers, is loaded', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const tar = await tarOf(
    {name: 'a/VERSION', data: '1.0'},
    {name: 'a/layer.tar', data: layer},
    {name: 'b/layer.tar', symlink: '../a/layer.tar'},
    {name: 'c/layer.tar', hardLink: 'a/layer.tar'},
    {name: 'config.json', data: configFor(layer, layer, layer)},
    dockerManifest({Layers: ['a/layer.tar', 'b/layer.tar', 'c/layer.tar']}),
  );
  const [loaded] = await load(store, tar);
  expect(loaded?.names).toEqual([hello]);
  expect(loaded?.id).toBe(digestOf(configFor(layer, layer, layer)));
  expect(await verifyImage(loaded!.target, {store, snapshots: openSnapshots(store)})).toEqual([]);
});

const big = {'etc/big': 'x'.repeat(3_000_000), 'etc/small': 'small'};

async function savedImages(store: Store): Promise<Buffer> {
  const one = buildImage(store, big, {'a/b': 'one'});
  const two = buildImage(store, big, {'a/b': 'two'});
  const content = new ImageContent(store, openSnapshots(store));
  const images = [
    {manifest: one.manifestDescriptor, names: [hello, other]},
    {manifest: two.manifestDescriptor, names: []},
  ];
  return buffer(Readable.from(saveImages(images, content)));
}

test('what is saved is loaded as the same images, without a blob of any layer', async () => {
  await using here = await temporaryStore();
  await using there = await temporaryStore();
  const tar = await savedImages(here.store);
  const loaded = await load(there.store, gzipSync(tar));
  expect(loaded.map(({names}) => names)).toEqual([[hello, other], []]);
  for (const {target, id} of loaded) {
    expect(here.store.blobs.read(target)).toEqual(there.store.blobs.read(target));
    expect(here.store.blobs.sizeOf(id)).toBeDefined();
    const {store} = there;
    expect(await verifyImage(target, {store, snapshots: openSnapshots(store)})).toEqual([]);
  }
  expect(await there.store.blobs.list()).toHaveLength(4);
  expect(openSnapshots(there.store).list()).toHaveLength(3);
  nothingLeft(there.store);
});

test('equal images give equal archives, and a layer they share is there once', async () => {
  await using here = await temporaryStore();
  const tar = await savedImages(here.store);
  expect((await savedImages(here.store)).equals(tar)).toBe(true);
  await using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'images.tar'), tar);
  const listed = execFileSync('tar', ['-tf', join(folder.path, 'images.tar')], {encoding: 'utf8'});
  const names = listed.trim().split('\n');
  expect(new Set(names).size).toBe(names.length);
  expect(names.slice(0, 6)).toEqual([
    'oci-layout',
    'index.json',
    'manifest.json',
    'repositories',
    'blobs/',
    'blobs/sha256/',
  ]);
  expect(names).toHaveLength(6 + 4 + 3);
});

test('an image whose layer is neither stored nor unpacked is not saved', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const image = buildImage(store, {a: 'a'});
  rmSync(join(store.paths.snapshots, image.stack[0]!.id), {recursive: true});
  const content = new ImageContent(store, openSnapshots(store));
  const images = [{manifest: image.manifestDescriptor, names: []}];
  await expect(buffer(Readable.from(saveImages(images, content)))).rejects.toMatchObject({
    code: 'E_LAYER_MISSING',
    digest: image.stack[0]?.diffID,
  });
});

test('a layer whose files have changed since is not passed off as the old one', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const image = buildImage(store, {a: 'a'});
  writeFileSync(join(image.stack[0]!.path, 'a'), 'b');
  const content = new ImageContent(store, openSnapshots(store));
  const images = [{manifest: image.manifestDescriptor, names: []}];
  await expect(buffer(Readable.from(saveImages(images, content)))).rejects.toMatchObject({
    code: 'E_SNAPSHOT_DAMAGED',
  });
  const options = {store, snapshots: openSnapshots(store)};
  expect(await verifyImage(image.manifestDescriptor, options)).toMatchObject([{place: 'layer 0'}]);
});

/** An archive of one image in a file, with the layers it must hold. */
async function archiveFile(store: Store, path: string) {
  const image = buildImage(store, big, {'a/b': 'one'});
  const content = new ImageContent(store, openSnapshots(store));
  const images = [{manifest: image.manifestDescriptor, names: [hello]}];
  writeFileSync(path, await buffer(Readable.from(saveImages(images, content))));
  return image;
}

test.for([
  {name: 'as an OCI archive', from: (path: string) => `oci-archive:${path}:latest`},
  {name: 'as a docker archive', from: (path: string) => `docker-archive:${path}:hello:latest`},
])('skopeo reads what was saved $name', async ({from}, context) => {
  needs(context, 'skopeo');
  await using here = await temporaryStore();
  await using folder = temporaryFolder();
  const path = join(folder.path, 'image.tar');
  const image = await archiveFile(here.store, path);
  const inspected = execFileSync('skopeo', ['inspect', '--config', from(path)], {encoding: 'utf8'});
  expect(JSON.parse(inspected).rootfs.diff_ids).toEqual(image.config.rootfs.diff_ids);
  execFileSync('skopeo', ['copy', '--insecure-policy', '-q', from(path), `dir:${folder.path}/out`]);
  const layerName = hexOf(image.stack[0]!.diffID);
  expect(readFileSync(join(folder.path, 'out', layerName)).length).toBe(image.stack[0]!.size);
});

test('podman loads what was saved, as the same image under the same name', async (context) => {
  needs(context, 'root', 'podman');
  await using here = await temporaryStore();
  await using folder = temporaryFolder();
  const path = join(folder.path, 'image.tar');
  const image = await archiveFile(here.store, path);
  const own = ['--root', join(folder.path, 'root'), '--runroot', join(folder.path, 'run')];
  const podman = (...args: readonly string[]): string =>
    execFileSync('podman', [...own, '--storage-driver', 'vfs', ...args], {encoding: 'utf8'});
  expect(podman('load', '-q', '-i', path)).toContain('docker.io/library/hello:latest');
  expect(podman('inspect', '-f', '{{.Id}}', 'hello').trim()).toBe(
    hexOf(image.configDescriptor.digest),
  );
});
