import {readFileSync, writeFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {formatReference, parseReference} from '../../src/oci/reference.js';
import type {Store} from '../../src/store/store.js';
import {storeImageOfText} from '../helpers/stored-image.js';
import {temporaryStore} from '../helpers/temporary-store.js';

const hello = parseReference('hello');
const other = parseReference('10.24.2.30:5000/other:1');

const rows = (store: Store): readonly string[] =>
  store.references
    .list()
    .map(
      ({reference, target}) =>
        `${reference === undefined ? '<none>' : formatReference(reference)} ${target.digest.slice(7, 11)}`,
    );
const short = ({digest}: {digest: string}): string => digest.slice(7, 11);

test.each([
  {name: 'no JSON', text: '{'},
  {name: 'a manifest', text: '{"schemaVersion":2,"config":{},"layers":[]}'},
  {name: 'empty', text: ''},
])('an index.json that is $name is reported, not replaced', async ({text}) => {
  await using here = await temporaryStore();
  writeFileSync(here.store.paths.index, text);
  const {manifest} = storeImageOfText(here.store, 'a');
  await expect(here.store.references.tag(hello, manifest)).rejects.toMatchObject({
    code: 'E_INVALID_DOCUMENT',
  });
  expect(readFileSync(here.store.paths.index, 'utf8')).toBe(text);
});

test('what other tools wrote stays, and names only what is a whole name', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const {manifest} = storeImageOfText(store, 'a');
  const foreign = [
    {...manifest, annotations: {'org.opencontainers.image.ref.name': 'latest', mine: 'yes'}},
    {...manifest, annotations: {'io.containerd.image.name': '///'}},
    {
      ...manifest,
      digest: digestOf('b'),
      annotations: {'io.containerd.image.name': 'quay.io/x/y:1'},
    },
  ];
  writeFileSync(store.paths.index, JSON.stringify({schemaVersion: 2, manifests: foreign}));
  expect(rows(store)).toEqual([
    `<none> ${short(manifest)}`,
    `<none> ${short(manifest)}`,
    `quay.io/x/y:1 ${digestOf('b').slice(7, 11)}`,
  ]);
  await store.references.tag(parseReference('quay.io/x/z'), manifest);
  const kept = JSON.parse(readFileSync(store.paths.index, 'utf8')).manifests;
  expect(kept).toContainEqual(foreign[2]);
});

test('a tag names its image in both annotations that tools read', async () => {
  await using here = await temporaryStore();
  const {manifest} = storeImageOfText(here.store, 'a');
  await here.store.references.tag(hello, manifest);
  const index = JSON.parse(readFileSync(here.store.paths.index, 'utf8'));
  expect(index.manifests[0].annotations).toEqual({
    'org.opencontainers.image.ref.name': 'docker.io/library/hello:latest',
    'io.containerd.image.name': 'docker.io/library/hello:latest',
  });
  expect(here.store.references.resolve(hello)).toEqual(manifest);
});

test('a tag that moves leaves the image it left dangling, unless it has another name', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const [one, two] = [storeImageOfText(store, 'a'), storeImageOfText(store, 'b')];
  await store.references.tag(hello, one.manifest);
  await store.references.tag(hello, two.manifest);
  expect(rows(store)).toEqual([
    `<none> ${short(one.manifest)}`,
    `docker.io/library/hello:latest ${short(two.manifest)}`,
  ]);
  await store.references.tag(other, one.manifest);
  expect(rows(store)).toEqual([
    `docker.io/library/hello:latest ${short(two.manifest)}`,
    `10.24.2.30:5000/other:1 ${short(one.manifest)}`,
  ]);
  await store.references.tag(hello, one.manifest);
  await store.references.tag(hello, two.manifest);
  expect(rows(store).filter((row) => row.endsWith(short(one.manifest)))).toHaveLength(1);
});

test('an untagged image goes with its last name', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const {manifest} = storeImageOfText(store, 'a');
  await store.references.tag(hello, manifest);
  await store.references.tag(other, manifest);
  expect(await store.references.untag(hello)).toEqual(manifest);
  expect(store.references.resolve(hello)).toBeUndefined();
  expect(store.references.resolve(other)).toEqual(manifest);
  expect(await store.references.untag(hello)).toBeUndefined();
  await store.references.untag(other);
  expect(rows(store)).toEqual([]);
});

test('an image without name is kept once, and forgotten with all its names', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const {manifest} = storeImageOfText(store, 'a');
  await store.references.put(manifest, []);
  await store.references.put(manifest, []);
  expect(rows(store)).toEqual([`<none> ${short(manifest)}`]);
  await store.references.tag(hello, manifest);
  await store.references.put(manifest, []);
  expect(rows(store)).toEqual([`docker.io/library/hello:latest ${short(manifest)}`]);
  await store.references.tag(other, manifest);
  expect((await store.references.forget(manifest.digest)).map(formatReference)).toEqual([
    formatReference(hello),
    formatReference(other),
  ]);
  expect(rows(store)).toEqual([]);
});

test('a hundred tags at once are a hundred tags', async () => {
  await using here = await temporaryStore();
  const {manifest} = storeImageOfText(here.store, 'a');
  const names = Array.from({length: 100}, (_, index) => parseReference(`many:${index}`));
  await Promise.all(names.map((name) => here.store.references.tag(name, manifest)));
  expect(rows(here.store)).toHaveLength(100);
});
