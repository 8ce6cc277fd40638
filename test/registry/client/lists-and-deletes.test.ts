/** What is asked of a registry besides pulls and pushes: lists, referrers, deletes. */
import type {IncomingMessage, ServerResponse} from 'node:http';
import {expect, type TestContext, test} from 'vitest';
import type {Descriptor} from '../../../src/oci/descriptor.js';
import {parseReference, type Reference} from '../../../src/oci/reference.js';
import {deleteReference} from '../../../src/registry/client/deletion.js';
import {repositoriesOf, tagsOf} from '../../../src/registry/client/pages.js';
import {referrersOf} from '../../../src/registry/client/referrers.js';
import type {RegistryClient} from '../../../src/registry/client/registry-client.js';
import {dockerRegistry} from '../../helpers/docker-registry.js';
import {memoryImage} from '../../helpers/memory-image.js';
import {rawRegistry} from '../../helpers/raw-registry.js';
import {registriesOf} from '../../helpers/registries.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {serve} from '../../http/http-server.js';

const what = 'test';
type Start = (
  context: TestContext,
  folder: string,
) => Promise<AsyncDisposable & {readonly address: string}>;

const ours: Start = async () => {
  const {registry} = await rawRegistry();
  return {address: registry.address, [Symbol.asyncDispose]: () => registry.close()};
};
const dockers: Start = (context, folder) => dockerRegistry(context, {folder});

const kinds = [
  {name: 'our own registry', start: ours},
  {name: "docker's registry", start: dockers},
];

test.for(kinds)('repositories and tags of $name', async ({start}, context) => {
  await using at = await open(start, context);
  const {connection, push, reference} = at;
  for (const name of ['team/app:1', 'team/app:2', 'other:1']) await push(name);
  expect(await all(repositoriesOf(connection, {what}))).toEqual(['other', 'team/app']);
  const tags = await all(tagsOf(connection, {path: 'team/app', what}));
  expect(tags.sort()).toEqual(['1', '2']);
  await expect(
    all(tagsOf(connection, {path: reference('absent').path, what})),
  ).rejects.toMatchObject({code: 'E_REGISTRY_STATUS'});
});

test.for(kinds)('referrers of an image in $name, all and of one type', async (kind, context) => {
  await using at = await open(kind.start, context);
  const {connection, push, client, reference} = at;
  const image = await push('app:1');
  for (const artifactType of ['application/x.sbom', 'application/x.signature']) {
    const about = memoryImage([10], {subject: image, artifactType});
    const to = await client.pushing(reference('app'));
    await to.copyFrom(about.content, about.manifest);
  }
  const query = {path: 'app', subject: image.digest, what};
  const found = await referrersOf(connection, query);
  expect(found.map(({artifactType}) => artifactType)).toEqual([
    'application/x.sbom',
    'application/x.signature',
  ]);
  const some = await referrersOf(connection, {...query, artifactType: 'application/x.sbom'});
  expect(some).toEqual([found[0]]);
  const none = found[0]?.digest ?? image.digest;
  expect(await referrersOf(connection, {...query, subject: none})).toEqual([]);
});

test.for(kinds)('a tag of $name goes, and its image and other tags stay', async (kind, context) => {
  await using at = await open(kind.start, context);
  const {connection, push, reference} = at;
  const image = await push('app:1', 'app:2');
  await deleteReference(connection, reference('app:1'));
  expect(await all(tagsOf(connection, {path: 'app', what}))).toEqual(['2']);
  const {target} = await (await at.client.pulling(reference(`app@${image.digest}`))).resolve();
  expect(target.digest).toBe(image.digest);
  await deleteReference(connection, reference(`app@${image.digest}`));
  for (const name of ['app:2', `app@${image.digest}`]) {
    await expect(deleteReference(connection, reference(name))).rejects.toMatchObject({
      code: 'E_MANIFEST_UNKNOWN',
    });
  }
});

test("docker's registry without deletes says so, and all stays as it was", async (context) => {
  const start: Start = (_, folder) => dockerRegistry(context, {folder, keeps: true});
  await using at = await open(start, context);
  const {connection, push, reference, client} = at;
  const image = await push('app:1');
  for (const name of ['app:1', `app@${image.digest}`]) {
    await expect(deleteReference(connection, reference(name))).rejects.toMatchObject({
      code: 'E_DELETE_REFUSED',
      message: expect.stringContaining('405'),
    });
  }
  const {target} = await (await client.pulling(reference('app:1'))).resolve();
  expect(target).toEqual(image);
});

test.each([
  {
    name: 'pages go on with relative addresses',
    links: ['</v2/app/tags/list?n=1&last=a>; rel="next"', '<list?n=1&last=b>;rel=next', undefined],
    tags: ['a', 'b', 'c'],
  },
  {
    name: 'a page that was read already ends the list with an error',
    links: ['</v2/app/tags/list?n=1000>; rel="next"'],
    problem: 'read already',
  },
  {
    name: 'a page at another host is not asked for',
    links: ['<http://192.0.2.1/v2/app/tags/list>; rel="next"'],
    problem: 'want the next page here',
  },
])('$name', async ({links, tags, problem}) => {
  let page = 0;
  await using server = await serve((_: IncomingMessage, response: ServerResponse) => {
    const link = links[page];
    const tag = 'abc'[page++];
    response.writeHead(200, link === undefined ? {} : {link});
    response.end(JSON.stringify({name: 'app', tags: [tag]}));
  });
  await using machine = registriesOf({daemon: {'insecure-registries': []}});
  const connection = machine.client.connect({
    role: 'registry',
    host: new URL(server.url).host,
    prefix: '',
    schemes: ['http'],
    verify: false,
    credential: 'x',
    trail: [],
  });
  const listed = all(tagsOf(connection, {path: 'app', what}));
  if (problem === undefined) expect(await listed).toEqual(tags);
  else await expect(listed).rejects.toThrow(problem);
});

async function open(start: Start, context: TestContext) {
  const folder = temporaryFolder();
  const registry = await start(context, folder.path);
  const machine = registriesOf();
  const {client} = machine;
  const reference = (name: string): Reference => parseReference(`${registry.address}/${name}`);
  return {
    client,
    reference,
    connection: await client.registry(reference('app')),
    push: (...names: readonly [string, ...string[]]) => pushTo(client, names.map(reference)),
    async [Symbol.asyncDispose]() {
      await machine[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** One small image under all names. */
async function pushTo(client: RegistryClient, names: readonly Reference[]): Promise<Descriptor> {
  const {content, manifest} = memoryImage();
  const tags = names.map(({tag = 'latest'}) => tag);
  const to = await client.pushing(names[0] as Reference, {root: {digest: manifest.digest, tags}});
  await to.copyFrom(content, manifest);
  return manifest;
}

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}
