/** `registry ls`, `tags`, `inspect`, `copy`, `rm` and `doctor` as a person has them. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {expect, type TestContext, test} from 'vitest';
import {MediaType} from '../../src/oci/media-type.js';
import {dockerRegistry} from '../helpers/docker-registry.js';
import {json, memoryImage} from '../helpers/memory-image.js';
import {pushImage, rawRegistry} from '../helpers/raw-registry.js';
import {auth, registriesOf} from '../helpers/registries.js';
import {testUserNames} from '../helpers/users.js';
import {holds, pull, push} from '../registry/client/moved.js';
import {openPlace, type Place} from './place.js';

const [user = 'root'] = testUserNames;

test('what a registry has is listed, looked into, copied and removed', async (context) => {
  await using at = await twoRegistries(context);
  const {place, ours, dockers, machine} = at;
  const registry = async (args: readonly string[]) =>
    (await place.ok(['registry', ...args])).stdout;
  const {image, index, sbom} = await pushIndex(at);

  expect(await registry(['ls', ours])).toBe(`${ours}/other\n${ours}/team/app\n`);
  expect(await registry(['ls', `${ours}/team`])).toBe(`${ours}/team/app\n`);
  expect(await registry(['tags', `${ours}/team/app`])).toBe('arm\nv1\n');

  const raw = await registry(['inspect', '--raw', `${ours}/team/app:v1`]);
  expect(raw).toBe(index.data);
  const shown = await registry(['inspect', `${ours}/team/app:v1`]);
  expect(shown).toContain(`linux/arm64   ${image.manifest.digest}`);
  expect(shown).toMatch(/application\/x\.sbom/);
  const told = JSON.parse(await registry(['inspect', '--json', `${ours}/team/app:v1`]));
  expect(told).toMatchObject({
    digest: index.digest,
    manifests: [{platform: 'linux/arm64', layers: image.layers, config: {os: 'linux'}}],
    referrers: [{digest: sbom, artifactType: 'application/x.sbom'}],
  });

  const copied = await registry([
    'copy',
    '--referrers',
    `${ours}/team/app:v1`,
    `${dockers}/copied/app:v2`,
  ]);
  expect(copied).toBe(`${dockers}/copied/app@${index.digest}\n`);
  const pulled = await pull(machine.client, `${dockers}/copied/app:v2`);
  expect(pulled.target.digest).toBe(index.digest);
  expect(await holds(pulled.content, image)).toBe(true);
  const there = JSON.parse(await registry(['inspect', '--json', `${dockers}/copied/app:v2`]));
  expect(there.referrers).toMatchObject([{digest: sbom}]);

  const beside = await place.run(['registry', 'copy', `${ours}/team/app:arm`, `${ours}/new:1`]);
  expect(beside.stderr).toMatch(/Mounted from team\/app/);

  expect(await registry(['rm', `${dockers}/copied/app:v2`])).toBe(
    `Deleted: ${dockers}/copied/app:v2\n`,
  );
  const again = await place.run(['registry', 'rm', `${dockers}/copied/app:v2`]);
  expect(again).toMatchObject({code: 1, stderr: expect.stringContaining('not found')});
  expect(existsSync(join(place.store, 'blobs'))).toBe(false);
});

test.each([
  {
    name: 'wrong bytes',
    fault: 'GET blobs: wrong',
    code: 'E_DIGEST_MISMATCH',
  },
  {name: 'an internal error', fault: 'GET blobs: 500', code: 'E_REGISTRY_STATUS'},
])('$name at the source end a copy, and its name is not there', async ({fault, code}) => {
  await using place = await openPlace(user);
  await using source = await rawRegistry({faults: [fault]});
  await using destination = await rawRegistry();
  await pushImage(source, 'app', 'v1');
  const names = [`${source.registry.address}/app:v1`, `${destination.registry.address}/app:v1`];
  const {stdout, ...ended} = await place.run(['registry', 'copy', '--json', '--retry=0', ...names]);
  expect(ended.code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({error: {code}});
  expect((await destination.request('GET', '/app/manifests/v1')).status).toBe(404);
});

test('the doctor tells each decision and tries each place; its exit code says whether one works', async () => {
  await using place = await openPlace(user);
  await using registry = await rawRegistry();
  const {address} = registry.registry;
  await pushImage(registry, 'team/app', 'v1');
  const folder = join(place.directory, 'docker');
  const files = {
    'daemon.json': {'registry-mirrors': ['http://127.0.0.1:9'], 'insecure-registries': ['a:1']},
    'registries.json': {
      registries: {
        'ghcr.io': {
          mirrors: ['http://127.0.0.1:9', {url: `http://${address}`, credential: 'mirror.example'}],
          fallback: 'never',
        },
      },
    },
    'config.json': {auths: {'mirror.example': auth('ada', 'hunter2')}},
  };
  for (const [name, content] of Object.entries(files)) {
    place.write(join(folder, name), JSON.stringify(content));
  }
  const env = {DOCKER_CONFIG: folder, TSBUILD_DAEMON_JSON: join(folder, 'daemon.json')};

  const works = await place.run(['registry', 'doctor', 'ghcr.io/team/app:v1'], {env});
  expect(works).toMatchObject({code: 0, stderr: ''});
  for (const part of [
    `read    ${folder}/registries.json`,
    '1. http://127.0.0.1:9 (mirror)',
    `mirror of ghcr.io in ${folder}/registries.json`,
    'no credential for 127.0.0.1:9: asked as nobody',
    'E_CONNECTION: cannot reach http://127.0.0.1:9: refused',
    `2. http://${address} (mirror)`,
    'http, as it is written',
    `password of ada for mirror.example, from ${folder}/config.json`,
    `> HEAD http://${address}/v2/team/app/manifests/v1 200`,
    'says fallback: never: the registry itself is not asked',
  ]) {
    expect(works.stdout).toContain(part);
  }
  expect(works.stdout).not.toContain('hunter2');

  const absent = await place.run(['registry', 'doctor', '--json', 'ghcr.io/team/app:v2'], {env});
  expect(absent.code).toBe(1);
  expect(JSON.parse(absent.stdout)).toMatchObject({
    works: false,
    endpoints: [{probe: {ok: false}}, {probe: {ok: false, code: 'E_REGISTRY_STATUS'}}],
  });

  const push = ['registry', 'doctor', '--push', `${address}/team/app`];
  const pushes = await place.run(push, {env});
  expect(pushes.code).toBe(0);
  expect(pushes.stdout).toContain('the registry itself: mirrors are never pushed to');
  expect(pushes.stdout).toContain('127.0.0.1 is in 127.0.0.0/8');
  expect(pushes.stdout).toMatch(
    /> GET https:\/\/[\d.:]+\/v2\/ not TLS\n.*> POST .* 202\n.*> DELETE/,
  );
});

interface Registries extends AsyncDisposable {
  readonly place: Place;
  readonly machine: ReturnType<typeof registriesOf>;
  readonly ours: string;
  readonly dockers: string;
}

async function twoRegistries(context: TestContext): Promise<Registries> {
  const place = await openPlace(user);
  const ours = await rawRegistry();
  const dockers = await dockerRegistry(context, {folder: join(place.directory, 'registry')});
  const machine = registriesOf();
  return {
    place,
    machine,
    ours: ours.registry.address,
    dockers: dockers.address,
    async [Symbol.asyncDispose]() {
      for (const each of [machine, dockers, ours, place]) await each[Symbol.asyncDispose]();
    },
  };
}

/** team/app:v1, an index of one image, with an SBOM about it; team/app:arm, that image; other:v1. */
async function pushIndex({machine, ours}: Registries) {
  const {client} = machine;
  const image = memoryImage([1000, 2_000_000]);
  const platform = {os: 'linux', architecture: 'arm64'};
  const data = json({
    schemaVersion: 2,
    mediaType: MediaType.index,
    manifests: [{...image.manifest, platform}],
  });
  const index = image.content.add(MediaType.index, data);
  await push(client, `${ours}/team/app:v1`, {content: image.content, manifest: index});
  await push(client, `${ours}/team/app:arm`, image);
  const about = memoryImage([10], {subject: index, artifactType: 'application/x.sbom'});
  await push(client, `${ours}/team/app@${about.manifest.digest}`, about, {tags: []});
  await push(client, `${ours}/other:v1`, memoryImage());
  return {image, index: {...index, data: data.toString()}, sbom: about.manifest.digest};
}
