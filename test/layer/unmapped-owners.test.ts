import {spawnSync} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {streamLayer} from '../../src/layer/stream.js';
import {digestOf} from '../../src/oci/digest.js';
import {bundled} from '../helpers/bundled.js';
import {needs} from '../helpers/needs.js';
import {tarOf} from '../helpers/tar-bytes.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex');

/** In the order and form of our own layers. */
const layer = tarOf(
  {name: 'a', content: 'mapped'},
  {name: 'b', content: 'unmapped', uid: 33, gid: 44, mode: 0o4755},
  {name: 'c', type: 'symlink', linkName: 'a', uid: 70_000, gid: 70_000, mode: 0o777},
  {name: 'd/', type: 'directory', uid: 5, gid: 6, mode: 0o2775},
  {name: 'd/inherits', content: 'x', mode: 0o444},
  {name: 'd/null', type: 'character-device', deviceMajor: 1, deviceMinor: 3, mode: 0o666},
  {
    name: 'd/sda',
    type: 'block-device',
    deviceMajor: 8,
    deviceMinor: 0,
    uid: 0,
    gid: 6,
    mode: 0o660,
  },
  {name: 'e', type: 'fifo', uid: 9, gid: 9, mode: 0o600},
  {name: 'f', content: 'can', xattrs: new Map([['security.capability', capability]])},
  {
    name: 'g',
    content: 'other',
    uid: 12,
    gid: 0,
    xattrs: new Map([['user.mine', Buffer.from('kept')]]),
    mode: 0o400,
  },
);

const program = bundled('test/layer/programs/unmapped-apply.ts');

test('owners and devices that a namespace with one id refuses come back in the tar, byte for byte', async (context) => {
  needs(context, 'user namespaces');
  await using folder = temporaryFolder();
  const [archive, upper] = [join(folder.path, 'layer.tar'), join(folder.path, 'layer/fs')];
  writeFileSync(archive, layer);
  const command = ['--user', '--map-root-user', process.execPath, program, archive, upper];
  const {stdout, stderr, status} = spawnSync('unshare', command, {encoding: 'utf8'});
  expect({status, stderr}).toEqual({status: 0, stderr: ''});
  const said = JSON.parse(stdout) as object;
  // b, c, d, null, sda and its owner, e, g.
  expect(said).toMatchObject({recorded: 8, summary: {diffID: digestOf(layer), size: layer.length}});
  expect(JSON.parse(readFileSync(join(folder.path, 'layer/owners.json'), 'utf8'))).toEqual({
    c: [70_000, 70_000],
    e: [9, 9],
  });
  expect(readFileSync(join(upper, 'd/null'), 'utf8')).toBe('');
});

test('the tar of a layer in that form is its own diffID as root too', async (context) => {
  needs(context, 'root');
  await using folder = temporaryFolder();
  const [archive, upper] = [join(folder.path, 'layer.tar'), join(folder.path, 'layer/fs')];
  writeFileSync(archive, layer);
  const {stdout} = spawnSync(process.execPath, [program, archive, upper], {
    encoding: 'utf8',
  });
  expect(JSON.parse(stdout)).toMatchObject({recorded: 0, summary: {diffID: digestOf(layer)}});
  const chunks: Buffer[] = [];
  for await (const chunk of streamLayer(upper)) chunks.push(chunk);
  expect(Buffer.concat(chunks).equals(layer)).toBe(true);
});
