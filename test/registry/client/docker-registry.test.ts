/** Docker's own registry, in each of the forms that people run it in. */
import {expect, test} from 'vitest';
import {readAll} from '../../../src/content/read-all.js';
import {MediaType} from '../../../src/oci/media-type.js';
import {parseReference} from '../../../src/oci/reference.js';
import type {Endpoint} from '../../../src/registry/config/endpoints.js';
import {Authority} from '../../helpers/certificates.js';
import {dockerRegistry} from '../../helpers/docker-registry.js';
import {json, memoryImage} from '../../helpers/memory-image.js';
import {auth, registriesOf} from '../../helpers/registries.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {holds, pull, push} from './moved.js';

const base = {target: '', scopes: [], what: 'ping'};
const sizes = [0, 1000, 1 << 20, (1 << 20) + 1, 5_000_000];

test('plain http: an image goes and comes back, byte for byte', async (context) => {
  await using folder = temporaryFolder();
  await using registry = await dockerRegistry(context, {folder: folder.path});
  await using machine = registriesOf();
  const image = memoryImage(sizes);
  const name = `${registry.address}/team/app:v1`;
  await push(machine.client, name, image);
  const {target, content} = await pull(machine.client, name);
  expect(target).toEqual(image.manifest);
  expect(await holds(content, image)).toBe(true);
  expect(machine.notices).toEqual([]);
});

test('what is there is not sent again, and a repository beside it is mounted from', async (context) => {
  await using folder = temporaryFolder();
  await using registry = await dockerRegistry(context, {folder: folder.path});
  await using machine = registriesOf();
  const {address} = registry;
  const image = memoryImage([3_000_000]);
  await push(machine.client, `${address}/app:v1`, image);
  const before = machine.exchanges.length;
  await push(machine.client, `${address}/app:v2`, image);
  const sent = machine.exchanges.slice(before);
  expect(sent.filter((each) => !each.startsWith('HEAD'))).toEqual(['PUT /v2/app/manifests/v2 201']);
  const outcomes: string[] = [];
  await push(machine.client, `${address}/other:v1`, image, {
    knownIn: () => [`${address}/other`, 'elsewhere.example/app', `${address}/app`],
    onBlob: (_, outcome) => outcomes.push(JSON.stringify(outcome)),
  });
  expect(outcomes).toEqual(Array(2).fill('{"kind":"mounted","from":"app"}'));
  await push(machine.client, `${address}/third:v1`, memoryImage(), {
    knownIn: () => [`${address}/none`],
    onBlob: (_, {kind}) => outcomes.push(kind),
  });
  expect(outcomes.slice(2)).toEqual(['pushed', 'pushed']);
});

test('several tags, an index of images, and a referrer where there is no API for it', async (context) => {
  await using folder = temporaryFolder();
  await using registry = await dockerRegistry(context, {folder: folder.path});
  await using machine = registriesOf();
  const {address} = registry;
  const one = memoryImage();
  const two = memoryImage([10], {}, one.content);
  const index = one.content.add(
    MediaType.index,
    json({
      schemaVersion: 2,
      mediaType: MediaType.index,
      manifests: [
        {...one.manifest, platform: {os: 'linux', architecture: 'amd64'}},
        {...two.manifest, platform: {os: 'linux', architecture: 'arm64'}},
      ],
    }),
  );
  await push(machine.client, `${address}/app`, {...one, manifest: index}, {tags: ['a', 'b', 'c']});
  for (const tag of ['a', 'b', 'c']) {
    const {target, content} = await pull(machine.client, `${address}/app:${tag}`);
    expect(target).toEqual(index);
    expect(await holds(content, two)).toBe(true);
  }
  const about = {artifactType: 'application/x', subject: one.manifest, annotations: {a: 'b'}};
  const [referrer, again] = [memoryImage([5], about), memoryImage([6], about)];
  for (const each of [referrer, again, referrer]) {
    const to = await machine.client.pushing(parseReference(`${address}/app`));
    await to.copyFrom(each.content, each.manifest);
  }
  const tag = one.manifest.digest.replace(':', '-');
  const {target, content} = await pull(machine.client, `${address}/app:${tag}`);
  const list = JSON.parse((await readAll(content, target, 10_000)).toString());
  expect(list.manifests).toEqual([
    {...referrer.manifest, artifactType: 'application/x', annotations: {a: 'b'}},
    {...again.manifest, artifactType: 'application/x', annotations: {a: 'b'}},
  ]);
});

/** As any host that is not this machine's own loopback is spoken to. */
const secure = (host: string): Endpoint => ({
  role: 'registry',
  host,
  prefix: '',
  schemes: ['https'],
  verify: true,
  credential: host,
  trail: [],
});

test('TLS with a private authority: believed by certs.d, refused without, unchecked where insecure', async (context) => {
  await using folder = temporaryFolder();
  const authority = new Authority(folder.path);
  const tls = authority.sign('127.0.0.1');
  await using registry = await dockerRegistry(context, {folder: folder.path, tls});
  const {address} = registry;
  await using insecure = registriesOf();
  const image = memoryImage();
  await push(insecure.client, `${address}/app:v1`, image);
  expect(await holds((await pull(insecure.client, `${address}/app:v1`)).content, image)).toBe(true);

  await using stranger = registriesOf();
  const refused = stranger.client.connect(secure(address)).ask(base);
  await expect(refused).rejects.toMatchObject({
    code: 'E_CONNECTION',
    failure: 'bad certificate',
    hint: expect.stringContaining('certs.d'),
  });
  const certificates = {[address]: {'ca.crt': authority.certificate.cert}};
  await using friend = registriesOf({certificates});
  expect(await friend.client.connect(secure(address)).ask(base)).toMatchObject({status: 200});
});

test('TLS with a client certificate: shown when certs.d has one, refused otherwise', async (context) => {
  await using folder = temporaryFolder();
  const authority = new Authority(folder.path);
  const {certificate} = authority;
  await using registry = await dockerRegistry(context, {
    folder: folder.path,
    tls: authority.sign('127.0.0.1'),
    clientAuthority: certificate,
  });
  const {address} = registry;
  const client = authority.sign('client');
  const files = {'ca.crt': certificate.cert, 'client.cert': client.cert, 'client.key': client.key};
  await using known = registriesOf({certificates: {[address]: files}});
  expect(await known.client.connect(secure(address)).ask(base)).toMatchObject({status: 200});
  await using unknown = registriesOf({certificates: {[address]: {'ca.crt': certificate.cert}}});
  await expect(unknown.client.connect(secure(address)).ask(base)).rejects.toMatchObject({
    failure: 'bad certificate',
  });
  await using half = registriesOf({certificates: {[address]: {'client.key': client.key}}});
  expect(() => half.client.connect(secure(address))).toThrow(
    expect.objectContaining({code: 'E_CERTIFICATE_FOLDER'}),
  );
});

test('htpasswd: in with the right password, and out with a wrong one or none', async (context) => {
  await using folder = temporaryFolder();
  const users = {ada: 'se:cret'};
  await using registry = await dockerRegistry(context, {folder: folder.path, users});
  const {address} = registry;
  const image = memoryImage([2_000_000]);
  await using ada = registriesOf({config: {auths: {[address]: auth('ada', 'se:cret')}}});
  await push(ada.client, `${address}/app:v1`, image);
  expect(await holds((await pull(ada.client, `${address}/app:v1`)).content, image)).toBe(true);

  await using wrong = registriesOf({config: {auths: {[address]: auth('ada', 'guess')}}});
  const refused = {code: 'E_UNAUTHORIZED', hint: expect.stringContaining('were refused')};
  await expect(pull(wrong.client, `${address}/app:v1`)).rejects.toMatchObject(refused);
  await expect(push(wrong.client, `${address}/app:v1`, image)).rejects.toMatchObject(refused);
  await using nobody = registriesOf();
  await expect(pull(nobody.client, `${address}/app:v1`)).rejects.toMatchObject({
    code: 'E_PULL_ACCESS_DENIED',
    hint: expect.stringContaining('login'),
  });
  await expect(push(nobody.client, `${address}/app:v1`, image)).rejects.toMatchObject({
    code: 'E_UNAUTHORIZED',
    hint: expect.stringContaining('Log in'),
  });
});
