import {expect, test} from 'vitest';
import {contentKey, definitionKey} from '../../src/cache/cache-key.js';
import type {RunOp} from '../../src/graph/op.js';
import type {CacheMount, RunMount} from '../../src/graph/run-mount.js';

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
