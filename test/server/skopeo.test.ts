/** A client that others wrote, and a registry that others wrote: both agree with ours byte for byte. */
import {spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {hashSync} from 'bcryptjs';
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {ensureBase} from '../bases/ensure-base.js';
import {dockerRegistry} from '../helpers/docker-registry.js';
import {needs} from '../helpers/needs.js';
import {pushImage, rawRegistry, requestsTo} from '../helpers/raw-registry.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

/** As a process of its own, so that the registry here can answer meanwhile. */
function skopeo(...args: readonly string[]): Promise<string> {
  const child = spawn('skopeo', ['--insecure-policy', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  return new Promise((resolve, reject) =>
    child.on('error', reject).on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(errors));
    }),
  );
}

const manifestIn = (folder: string): Buffer => readFileSync(join(folder, 'manifest.json'));

test('skopeo pushes, lists, inspects, pulls and deletes; the bytes are the same', async (context) => {
  needs(context, 'skopeo', 'root');
  await using folder = temporaryFolder();
  await using at = await rawRegistry();
  const image = `docker://${at.registry.address}/team/busybox`;
  const archive = `oci-archive:${await ensureBase('busybox')}`;
  await skopeo('copy', '--dest-tls-verify=false', archive, `${image}:v1`);
  await skopeo(
    'copy',
    '--src-tls-verify=false',
    '--dest-tls-verify=false',
    `${image}:v1`,
    `${image}:v2`,
  );
  const list = await skopeo('list-tags', '--tls-verify=false', image);
  expect(JSON.parse(list)).toMatchObject({Tags: ['v1', 'v2']});

  const pulled = join(folder.path, 'pulled');
  await skopeo('copy', '--src-tls-verify=false', `${image}:v2`, `dir:${pulled}`);
  const got = await at.request('GET', '/team/busybox/manifests/v1');
  expect(manifestIn(pulled).equals(got.body)).toBe(true);

  const inPlace = join(folder.path, 'in-place');
  const layout = join(at.registry.data, 'repositories/team+busybox');
  await skopeo('copy', `oci:${layout}:v1`, `dir:${inPlace}`);
  expect(manifestIn(inPlace).equals(got.body)).toBe(true);

  await skopeo('delete', '--tls-verify=false', `${image}:v1`);
  expect((await at.request('GET', '/team/busybox/tags/list')).json()).toEqual({
    name: 'team/busybox',
    tags: [],
  });
});

test('skopeo pulls without a name and pushes with one, where everybody may read', async (context) => {
  needs(context, 'skopeo', 'root');
  await using folder = temporaryFolder();
  const htpasswd = join(folder.path, 'users');
  writeFileSync(htpasswd, `ada:${hashSync('secret', 5)}\n`);
  await using at = await rawRegistry({htpasswd, anonymousRead: true});
  const image = `docker://${at.registry.address}/busybox:v1`;
  const archive = `oci-archive:${await ensureBase('busybox')}`;
  const push = (...credentials: readonly string[]) =>
    skopeo('copy', '--dest-tls-verify=false', ...credentials, archive, image);
  await expect(push()).rejects.toThrow(/authentication required|unauthorized/);
  await expect(push('--dest-creds=ada:guess')).rejects.toThrow(
    /authentication required|unauthorized/,
  );
  await push('--dest-creds=ada:secret');
  await skopeo(
    'copy',
    '--src-tls-verify=false',
    '--src-no-creds',
    image,
    `dir:${join(folder.path, 'pulled')}`,
  );
});

test("an image goes to docker's registry and back, and nothing of it changes", async (context) => {
  needs(context, 'skopeo', 'root');
  await using folder = temporaryFolder();
  await using at = await rawRegistry();
  await using other = await dockerRegistry(context, {folder: folder.path});
  const {digest} = await pushImage(at, 'app', 'v1');
  const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false'];
  await skopeo(
    'copy',
    ...insecure,
    `docker://${at.registry.address}/app:v1`,
    `docker://${other.address}/app:v1`,
  );
  await skopeo(
    'copy',
    ...insecure,
    `docker://${other.address}/app:v1`,
    `docker://${at.registry.address}/back:v1`,
  );
  const back = await at.request('GET', '/back/manifests/v1');
  expect(digestOf(back.body)).toBe(digest);
});

test("where the spec leaves a choice, docker's registry answers alike", async (context) => {
  await using folder = temporaryFolder();
  await using at = await rawRegistry();
  await using other = await dockerRegistry(context, {folder: folder.path});
  const theirs = requestsTo(`http://${other.address}`);
  const digest = digestOf('absent');
  await pushImage(at, 'app', 'v1');
  const blob = await at.pushBlob('app', Buffer.from('hello'));
  const start = await theirs.request('POST', '/app/blobs/uploads/');
  const path = new URL(start.headers.get('location') ?? '');
  await fetch(`${path}&digest=${blob}`, {method: 'PUT', body: 'hello'});
  const rows: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ['GET', '/', {}],
    ['GET', `/app/blobs/${digest}`, {}],
    ['GET', '/none/tags/list', {}],
    ['GET', '/app/manifests/absent', {}],
    ['GET', `/app/manifests/${digest}`, {}],
    ['HEAD', `/app/blobs/${blob}`, {}],
    ['GET', `/app/blobs/${blob}`, {Range: 'bytes=1-2'}],
    ['GET', `/app/blobs/${blob}`, {'If-None-Match': `"${blob}"`}],
    ['DELETE', `/app/blobs/${digest}`, {}],
    ['POST', '/app/blobs/uploads/', {}],
  ];
  for (const [method, where, headers] of rows) {
    const [mine, their] = [
      await at.request(method, where, {headers}),
      await theirs.request(method, where, {headers}),
    ];
    const shown = ({status, codes, headers: all}: typeof mine) => ({
      status,
      codes,
      range: all.get('range') ?? all.get('content-range'),
      digest: all.get('docker-content-digest'),
      etag: all.get('etag'),
      version: all.get('docker-distribution-api-version'),
    });
    expect(shown(mine), `${method} ${where}`).toEqual(shown(their));
  }
});
