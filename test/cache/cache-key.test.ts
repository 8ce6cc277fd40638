import {expect, test} from 'vitest';
import {contentKey, definitionKey} from '../../src/cache/cache-key.js';
import type {CopyOp, RunOp} from '../../src/graph/op.js';
import type {BindMount, CacheMount, RunMount} from '../../src/graph/run-mount.js';
import {digestOf} from '../../src/oci/digest.js';

const run: RunOp = {
  kind: 'run',
  args: ['make'],
  env: [],
  workingDirectory: '/',
  user: '',
  network: 'default',
};

const withMount = (mount: RunMount): RunOp => ({...run, mounts: [mount]});

const cache: CacheMount = {
  type: 'cache',
  target: '/c',
  id: '/c',
  sharing: 'shared',
  readonly: false,
};

const owner = {mode: 0o700, uid: 1, gid: 1};

test.each([
  {name: 'a mount', one: run, other: withMount(cache)},
  {name: 'its target', one: withMount(cache), other: withMount({...cache, target: '/d'})},
  {name: 'its owner', one: withMount(cache), other: withMount({...cache, owner})},
  {name: 'the security mode', one: run, other: {...run, security: 'insecure' as const}},
  {name: 'the name of a host', one: run, other: {...run, extraHosts: ['db']}},
])('$name counts', ({one, other}) => {
  expect(definitionKey(one, {inputs: []})).not.toBe(definitionKey(other, {inputs: []}));
  expect(contentKey(one, {inputs: []})).not.toBe(contentKey(other, {inputs: []}));
});

test.each([
  {name: 'the id of a cache', other: {...cache, id: '/other'}},
  {name: 'how a cache is shared', other: {...cache, sharing: 'locked' as const}},
])('$name does not count', ({other}) => {
  expect(definitionKey(withMount(other), {inputs: []})).toBe(
    definitionKey(withMount(cache), {inputs: []}),
  );
});

const copy: CopyOp = {
  kind: 'copy',
  from: 'context',
  sources: ['source'],
  destination: '/app/',
  excludes: [],
  unpack: false,
};
const moved: CopyOp = {...copy, sources: ['moved/source']};
const selection = digestOf('files');

test('where files lay counts until they are counted themselves', () => {
  for (const keyOf of [definitionKey, contentKey]) {
    expect(keyOf(moved, {inputs: []})).not.toBe(keyOf(copy, {inputs: []}));
    expect(keyOf(moved, {inputs: [], selection})).toBe(keyOf(copy, {inputs: [], selection}));
  }
  const other = digestOf('other files');
  expect(contentKey(copy, {inputs: [], selection: other})).not.toBe(
    contentKey(copy, {inputs: [], selection}),
  );
});

test('where a mounted directory lies counts in the definition, and only what it shows in the content', () => {
  const bind = (path: string): BindMount => ({
    type: 'bind',
    target: '/source',
    source: {input: 1, path},
    readonly: true,
  });
  const [one, other] = [withMount(bind('/one')), withMount(bind('/other'))];
  const inputs = [null, selection];
  expect(definitionKey(other, {inputs})).not.toBe(definitionKey(one, {inputs}));
  expect(contentKey(other, {inputs})).toBe(contentKey(one, {inputs}));
});
