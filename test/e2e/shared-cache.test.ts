/** Two machines, which are two stores, and what one made in the other: nothing is run there. */
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {rawRegistry} from '../helpers/raw-registry.js';
import {testUserNames} from '../helpers/users.js';
import {type Build, openPlace} from './place.js';

const user = testUserNames.at(-1) ?? 'root';

const files = {
  Dockerfile: `FROM busybox AS builder
WORKDIR /src
COPY a.txt .
RUN date +%s%N > made
FROM busybox
COPY --link a.txt /linked
COPY --from=builder /src/made /made
RUN cat /made > /copy
`,
  'a.txt': 'a',
};

const stepsThatRan = ({steps}: Build): string[] =>
  steps
    .filter(({name, state}) => state === 'done' && /\] (RUN|COPY|WORKDIR|LINK)/.test(name))
    .map(({name}) => name.replace(/.*?\] /, ''));

test('a registry that both know: the second runs nothing, and has the same image', async (context) => {
  needs(context, 'user namespaces');
  await using at = await rawRegistry();
  const cache = `${at.registry.address}/cache:main`;
  await using one = await openPlace(user, ['busybox']);
  await using two = await openPlace(user, ['busybox']);
  const to = ['--cache-to', `type=registry,ref=${cache},mode=max`];
  const first = await one.build(one.context(files), 'app', ...to);
  const second = await two.build(two.context(files), 'app', '--cache-from', cache);
  expect(stepsThatRan(second)).toEqual([]);
  expect(second.log).toContain(`CACHED from ${cache}`);
  expect(second.imageID).toBe(first.imageID);

  // What changed runs, on layers that come for it.
  const changed = {...files, Dockerfile: `${files.Dockerfile}RUN cat /copy > /third\n`};
  const third = await two.build(two.context(changed), 'app', '--cache-from', cache);
  expect(stepsThatRan(third)).toEqual(['RUN cat /copy > /third']);
});

test('a directory that both see', async (context) => {
  needs(context, 'user namespaces');
  await using one = await openPlace(user, ['busybox']);
  await using two = await openPlace(user, ['busybox']);
  const directory = join(one.directory, 'cache');
  const to = ['--cache-to', `type=local,dest=${directory},mode=max`];
  const first = await one.build(one.context(files), 'app', ...to);
  const from = ['--cache-from', `type=local,src=${directory}`];
  const second = await two.build(two.context(files), 'app', ...from);
  expect(stepsThatRan(second)).toEqual([]);
  expect(second.imageID).toBe(first.imageID);
});

test('a cache that is not there, and one that cannot be written, are warned of', async (context) => {
  needs(context, 'user namespaces');
  await using at = await rawRegistry({faults: ['PUT manifests: 500, 9 times']});
  const cache = `${at.registry.address}/cache`;
  await using place = await openPlace(user, ['busybox']);
  const context1 = place.context(files);
  const flags = ['--retry=0', '--cache-from', cache, '--cache-to', cache];
  const {log} = await place.build(context1, 'app', ...flags);
  expect(log).toContain(`warning: no cache from ${cache}`);
  expect(log).toContain(`warning: no cache to ${cache}`);
  const strict = `type=registry,ref=${cache},ignore-error=false`;
  const failed = await place.run(['build', '--retry=0', '--cache-to', strict, context1]);
  expect(failed.code).toBe(1);
});
