import {expect, test} from 'vitest';
import {
  assemble,
  type BuiltLayers,
  type ImageDraft,
  intermediateID,
} from '../../../src/export/image/assemble.js';
import {type Vertex, vertex} from '../../../src/graph/vertex.js';
import {chainIDs} from '../../../src/oci/chain-id.js';
import {digestOf} from '../../../src/oci/digest.js';
import {parseManifest} from '../../../src/oci/manifest.js';
import {MediaType} from '../../../src/oci/media-type.js';
import {parseImageConfig} from '../../../src/oci/parse-image-config.js';
import type {Snapshot} from '../../../src/snapshot/snapshotter.js';

const step = (name: string): Vertex =>
  vertex({name, inputs: [], op: {kind: 'mkdir', path: `/${name}`, user: ''}});
const [first, second] = [step('first'), step('second')];

function stackOf(...layers: readonly (readonly [name: string, createdAt: string])[]): Snapshot[] {
  const diffIDs = layers.map(([name]) => digestOf(name));
  return chainIDs(diffIDs).map((chainID, index) => ({
    id: chainID.slice(7, 23),
    chainID,
    path: '/nowhere',
    diffID: diffIDs[index]!,
    size: 1024 * (index + 1),
    contentDigest: diffIDs[index]!,
    createdAt: layers[index]![1],
  }));
}

const config = {architecture: 'amd64', os: 'linux', config: {Env: ['A=b'], Cmd: ['sh']}};
const row = {createdBy: 'x', comment: 'c'};
const draft: ImageDraft = {
  config,
  history: [
    {kind: 'base', entry: {created: '2020-01-01T00:00:00Z', created_by: 'base'}},
    {kind: 'base', entry: {created: '0001-01-01T00:00:00Z', empty_layer: true}},
    {kind: 'empty', ...row},
    {kind: 'layer', ...row, vertex: first},
    {kind: 'layer', ...row, vertex: second},
    {kind: 'empty', ...row},
  ],
};
const base = {mediaType: MediaType.layerGzip, digest: digestOf('base, compressed'), size: 7};
const layers: BuiltLayers = {
  stack: stackOf(['base', '2026-01-01T00:00:00Z'], ['one', '2026-02-02T00:00:00.000Z']),
  depthOf: () => 2,
  packed: [base],
};

test('history tells of every layer once, and a step that left none is metadata', () => {
  const {history, rootfs} = assemble(draft, layers).config;
  expect(history.map((entry) => entry.empty_layer === true)).toEqual([
    false,
    true,
    true,
    false,
    true,
    true,
  ]);
  expect(rootfs.diff_ids).toEqual([digestOf('base'), digestOf('one')]);
});

test('an entry is as old as its snapshot, metadata as the newest before it or the first that is new, the image as the newest', () => {
  const {created, history} = assemble(draft, layers).config;
  expect(history.map((entry) => entry.created)).toEqual([
    '2020-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    ...Array.from({length: 4}, () => '2026-02-02T00:00:00.000Z'),
  ]);
  expect(created).toBe('2026-02-02T00:00:00.000Z');
});

test('metadata alone is as old as its base', () => {
  const labelled = {config, history: draft.history.slice(0, 3)};
  const {created, history} = assemble(labelled, {
    ...layers,
    stack: layers.stack.slice(0, 1),
  }).config;
  expect(history.at(-1)?.created).toBe('2020-01-01T00:00:00Z');
  expect(created).toBe('2020-01-01T00:00:00Z');
});

test('an epoch is the time of what the build adds and of the image, not of what its base says', () => {
  const epoch = new Date('2001-01-01T00:00:00Z');
  const {created, history} = assemble(draft, {...layers, epoch}).config;
  const added = Array.from({length: 4}, () => '2001-01-01T00:00:00.000Z');
  expect(history.map((entry) => entry.created)).toEqual([
    '2020-01-01T00:00:00Z',
    '0001-01-01T00:00:00Z',
    ...added,
  ]);
  expect(created).toBe('2001-01-01T00:00:00.000Z');
});

test('an epoch leaves an image as old as its base when nothing is added', () => {
  const bare = {config, history: draft.history.slice(0, 2)};
  const stack = layers.stack.slice(0, 1);
  const epoch = new Date('2001-01-01T00:00:00Z');
  expect(assemble(bare, {...layers, stack, epoch}).config.created).toBe('2020-01-01T00:00:00Z');
});

test('the base keeps its descriptors, new layers are named uncompressed', () => {
  const image = assemble(draft, layers);
  const manifest = parseManifest(image.manifestData);
  expect(manifest.layers).toEqual([
    base,
    {mediaType: MediaType.layer, digest: digestOf('one'), size: 2048},
  ]);
  expect(manifest.config).toEqual(image.configDescriptor);
  expect(image.configDescriptor.digest).toBe(digestOf(image.configData));
  expect(parseImageConfig(image.configData)).toEqual(image.config);
});

test('equal inputs give equal bytes, in whatever order their members were set', () => {
  const {architecture, ...rest} = config;
  const other = assemble({...draft, config: {...rest, architecture}}, {...layers});
  expect(other.configData.equals(assemble(draft, layers).configData)).toBe(true);
  expect(other.manifestData.equals(assemble(draft, layers).manifestData)).toBe(true);
});

test('an image of nothing but metadata is as old as the epoch of Unix', () => {
  const image = assemble(
    {config, history: [{kind: 'empty', ...row}]},
    {stack: [], depthOf: () => 0, packed: []},
  );
  expect(image.config).toMatchObject({created: '1970-01-01T00:00:00.000Z', rootfs: {diff_ids: []}});
});

test('layers that history does not tell of are a bug', () => {
  const two = stackOf(['base', 'x'], ['one', 'x'], ['two', 'x']);
  expect(() => assemble(draft, {...layers, stack: two})).toThrow('history tells of 2 layers');
});

test('the id after a step is that of the image it would be', () => {
  expect(intermediateID(draft, layers)).toBe(assemble(draft, layers).configDescriptor.digest);
});
