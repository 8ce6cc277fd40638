import {expect, test} from 'vitest';
import {chainID, chainIDs, extendChain} from '../../src/oci/chain-id.js';
import {digestOf} from '../../src/oci/digest.js';
import {parseImageIndex, serializeImageIndex} from '../../src/oci/image-index.js';
import {parseManifest, serializeManifest} from '../../src/oci/manifest.js';
import {MediaType} from '../../src/oci/media-type.js';
import {parseImageConfig} from '../../src/oci/parse-image-config.js';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const descriptor = {mediaType: MediaType.config, digest: digestOf('x'), size: 1};
const manifest = {schemaVersion: 2, config: descriptor, layers: [descriptor]};
const index = {schemaVersion: 2, manifests: [descriptor]};

test.each([
  {name: 'no JSON', data: Buffer.from('{')},
  {name: 'a list', data: json([])},
  {name: 'null', data: json(null)},
  {name: 'schema 1', data: json({schemaVersion: 1, fsLayers: []})},
  {name: 'no schema version', data: json({config: descriptor, layers: []})},
  {name: 'an index at the same time', data: json({...manifest, manifests: []})},
  {name: 'the media type of an index', data: json({...manifest, mediaType: MediaType.index})},
  {name: 'no config', data: json({schemaVersion: 2, layers: []})},
  {name: 'layers that are no list', data: json({...manifest, layers: {}})},
  {name: 'a negative size', data: json({...manifest, layers: [{...descriptor, size: -1}]})},
  {name: 'half a byte', data: json({...manifest, layers: [{...descriptor, size: 0.5}]})},
  {name: 'an inexact size', data: json({...manifest, layers: [{...descriptor, size: 2 ** 60}]})},
  {name: 'a size in words', data: json({...manifest, layers: [{...descriptor, size: '1'}]})},
  {
    name: 'a digest that is a path',
    data: json({...manifest, layers: [{...descriptor, digest: 'sha256:../../x'}]}),
  },
  {
    name: 'another algorithm',
    data: json({...manifest, layers: [{...descriptor, digest: `sha512:${'a'.repeat(128)}`}]}),
  },
  {name: 'more than 4 MiB', data: Buffer.alloc(4 * 1024 * 1024 + 1, ' ')},
  {
    name: 'its members only in the prototype',
    data: Buffer.from(`{"__proto__": ${JSON.stringify(manifest)}}`),
  },
])('refuses a manifest that is $name', ({data}) => {
  expect(() => parseManifest(data)).toThrow(expect.objectContaining({code: 'E_INVALID_DOCUMENT'}));
});

test.each([
  {name: 'a manifest at the same time', data: json({...index, layers: [], config: descriptor})},
  {name: 'the media type of a manifest', data: json({...index, mediaType: MediaType.manifest})},
  {
    name: 'a list too long to be one',
    data: json({...index, manifests: new Array(100_001).fill(0)}),
  },
])('refuses an index that is $name', ({data}) => {
  expect(() => parseImageIndex(data)).toThrow(
    expect.objectContaining({code: 'E_INVALID_DOCUMENT'}),
  );
});

test('the place of a mistake is named', () => {
  expect(() => parseManifest(json({...manifest, layers: [descriptor, {}]}))).toThrow(
    expect.objectContaining({place: 'manifest.layers[1].digest'}),
  );
});

test('null members, as Go writes them, are absent', () => {
  expect(parseManifest(json({...manifest, layers: null, annotations: null}))).toEqual({
    ...manifest,
    mediaType: MediaType.manifest,
    layers: [],
  });
});

test('manifests and indexes survive being written', () => {
  const read = parseManifest(json({...manifest, annotations: {a: 'b'}, subject: descriptor}));
  expect(parseManifest(serializeManifest(read))).toEqual(read);
  const readIndex = parseImageIndex(json(index));
  expect(parseImageIndex(serializeImageIndex(readIndex))).toEqual(readIndex);
});

const config = {
  architecture: 'amd64',
  os: 'linux',
  config: {},
  rootfs: {type: 'layers', diff_ids: [digestOf('a'), digestOf('b')]},
};

test.each([
  {name: 'Env is text', value: {...config, config: {Env: 'A=b'}}},
  {name: 'Env holds a number', value: {...config, config: {Env: [1]}}},
  {name: 'a diff_id is no digest', value: {...config, rootfs: {type: 'layers', diff_ids: ['x']}}},
  {name: 'the rootfs is of another type', value: {...config, rootfs: {type: 'disk'}}},
  {name: 'Labels is a list', value: {...config, config: {Labels: ['a']}}},
  {name: 'an interval is text', value: {...config, config: {Healthcheck: {Interval: '1s'}}}},
])('refuses an image config where $name', ({value}) => {
  expect(() => parseImageConfig(json(value))).toThrow(
    expect.objectContaining({code: 'E_INVALID_DOCUMENT'}),
  );
});

test('an image config with null everywhere is read as an empty one', () => {
  const parsed = parseImageConfig(
    json({
      architecture: 'amd64',
      os: 'linux',
      config: {Env: null, Cmd: null, Labels: null, Volumes: null, OnBuild: null, User: ''},
      rootfs: {type: 'layers', diff_ids: null},
      history: null,
    }),
  );
  expect(parsed).toEqual({
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: {type: 'layers', diff_ids: []},
    history: [],
  });
});

test.each([
  {name: 'too short', history: [{created_by: 'a'}], want: [{created_by: 'a'}, {}]},
  {
    name: 'too long',
    history: [{created_by: 'a'}, {created_by: 'b'}, {created_by: 'c'}],
    want: [{created_by: 'a'}, {created_by: 'b'}, {created_by: 'c', empty_layer: true}],
  },
  {name: 'missing', history: undefined, want: [{}, {}]},
])('history that is $name comes to one entry for each layer', ({history, want}) => {
  expect(parseImageConfig(json({...config, history})).history).toEqual(want);
});

test('the chainID of a stack follows the formula of the spec', () => {
  const [a, b, c] = [digestOf('a'), digestOf('b'), digestOf('c')];
  const ab = digestOf(`${a} ${b}`);
  expect(chainID([])).toBeUndefined();
  expect(chainIDs([a, b, c])).toEqual([a, ab, digestOf(`${ab} ${c}`)]);
  expect(extendChain(ab, c)).toBe(chainID([a, b, c]));
});
