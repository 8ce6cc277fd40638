/** Two machines, which are two stores, and what one made in the other: nothing is run there. */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {dockerRegistry} from '../helpers/docker-registry.js';
import {needs} from '../helpers/needs.js';
import {rawRegistry} from '../helpers/raw-registry.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
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

test('a directory with what the image is made of: stages beside it are not run', async (context) => {
  needs(context, 'user namespaces');
  await using one = await openPlace(user, ['busybox']);
  await using two = await openPlace(user, ['busybox']);
  const directory = join(one.directory, 'cache');
  const first = await one.build(
    one.context(files),
    'app',
    '--cache-to',
    `type=local,dest=${directory}`,
  );
  expect(namesIn(directory)).toHaveLength(5);
  const from = ['--cache-from', `type=local,src=${directory}`];
  const context2 = two.context(files);
  const plan = await two.ok(['build', '--plan', ...from, context2]);
  expect(plan.stdout).toContain('To run: 0; maybe: 0; from the cache: 7\n');
  const second = await two.build(context2, 'app', ...from);
  expect(stepsThatRan(second)).toEqual([]);
  expect(second.imageID).toBe(first.imageID);
});

test('an image that was pushed tells in its config of what it is made of', async (context) => {
  needs(context, 'user namespaces');
  await using at = await rawRegistry();
  const image = `${at.registry.address}/app:main`;
  await using one = await openPlace(user, ['busybox']);
  await using two = await openPlace(user, ['busybox']);
  const context1 = one.context(files);
  const first = await one.build(context1, image, '--push', '--cache-to', 'type=inline');
  const second = await two.build(two.context(files), 'app', '--cache-from', image);
  expect(stepsThatRan(second)).toEqual([]);
  expect(second.log).toContain(`CACHED from ${image}`);
  const plain = await one.build(context1, `${image}-plain`, '--push');
  expect(plain.imageID).not.toBe(first.imageID);
  const none = await two.build(two.context(files), 'app', '--cache-from', `${image}-plain`);
  expect(none.log).toContain(`warning: no cache from ${image}-plain: want a shared cache`);
});

test('what came from one cache goes on into another, layers that nobody needed as well', async (context) => {
  needs(context, 'user namespaces');
  await using at = await rawRegistry();
  const cache = `${at.registry.address}/cache`;
  await using one = await openPlace(user, ['busybox']);
  await using two = await openPlace(user, ['busybox']);
  await using three = await openPlace(user, ['busybox']);
  await one.build(one.context(files), 'app', '--cache-to', `type=registry,ref=${cache},mode=max`);
  const directory = join(two.directory, 'cache');
  const flags = ['--cache-from', cache, '--cache-to', `type=local,dest=${directory},mode=max`];
  await two.build(two.context(files), 'app', ...flags);
  const changed = {...files, Dockerfile: files.Dockerfile.replace('/made /made', '/made /moved')};
  const dockerfile = changed.Dockerfile.replace('cat /made', 'cat /moved');
  const from = ['--cache-from', `type=local,src=${directory}`];
  const third = await three.build(
    three.context({...changed, Dockerfile: dockerfile}),
    'app',
    ...from,
  );
  expect(stepsThatRan(third)).toEqual([
    'COPY --from=builder /src/made /moved',
    'RUN cat /moved > /copy',
  ]);
});

test("Debian's docker-registry keeps a cache; a blob of it whose bytes were changed is named, and its step runs", async (context) => {
  needs(context, 'user namespaces');
  await using folder = temporaryFolder();
  await using registry = await dockerRegistry(context, {folder: folder.path});
  const cache = `${registry.address}/team/cache:main`;
  await using one = await openPlace(user, ['busybox']);
  await using two = await openPlace(user, ['busybox']);
  const to = ['--cache-to', `type=registry,ref=${cache},mode=max,image-manifest=true`];
  await one.build(one.context(files), 'app', ...to);
  const blob = await poison(`http://${registry.address}/v2/team/cache`, folder.path);
  const second = await two.build(two.context(files), 'app', '--retry=0', '--cache-from', cache);
  expect(second.log).toContain(`warning: layer ${blob} of a shared cache cannot be used`);
  expect(stepsThatRan(second)).toContain('RUN cat /made > /copy');
  expect(stepsThatRan(second)).not.toContain('RUN date +%s%N > made');
});

test('offline, a registry is not asked, and a directory is', async (context) => {
  needs(context, 'user namespaces');
  await using one = await openPlace(user, ['busybox']);
  await using two = await openPlace(user, ['busybox']);
  const directory = join(one.directory, 'cache');
  await one.build(one.context(files), 'app', '--cache-to', `type=local,dest=${directory}`);
  const from = ['--cache-from', '127.0.0.1:1/cache', '--cache-from', `type=local,src=${directory}`];
  const second = await two.build(two.context(files), 'app', '--offline', ...from);
  expect(second.log).toContain('warning: no cache from 127.0.0.1:1/cache');
  expect(stepsThatRan(second)).toEqual([]);
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
  const failing = ['build', '--retry=0', '--cache-from', cache, '--cache-to', strict, context1];
  const failed = await place.run(failing);
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain(`warning: no cache from ${cache}`);
});

const namesIn = (layout: string): string[] => readdirSync(join(layout, 'blobs/sha256'));

/** Changes the bytes of the last layer of a cache where the registry keeps it; returns its digest. */
async function poison(repository: string, folder: string): Promise<string> {
  const accept = {accept: 'application/vnd.oci.image.manifest.v1+json'};
  const answer = await fetch(`${repository}/manifests/main`, {headers: accept});
  const {layers} = (await answer.json()) as {layers: {digest: string}[]};
  const {digest} = layers.at(-1) ?? {digest: ''};
  const hex = digest.replace('sha256:', '');
  const blobs = 'data/docker/registry/v2/blobs/sha256';
  const path = join(folder, blobs, hex.slice(0, 2), hex, 'data');
  const bytes = readFileSync(path);
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(path, bytes);
  return digest;
}
