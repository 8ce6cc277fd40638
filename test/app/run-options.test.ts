import {writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {agentsOf} from '../../src/app/build/run-options/agent-option.js';
import {entitlementsOf} from '../../src/app/build/run-options/allow-option.js';
import {runSettings} from '../../src/app/build/run-options/run-options.js';
import {secretsOf} from '../../src/app/build/run-options/secret-option.js';
import {limitsOf} from '../../src/app/limit-option.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const invalid = expect.objectContaining({code: 'E_INVALID_OPTION'});

test.each([
  'src=file',
  'id=',
  'id=a,type=keychain',
  'id=a,sorce=b',
  'id',
  '"id=a',
  'id=a,src=/no/such/file',
  'no-variable-and-no-file',
])('refuses --secret %s', (text) => {
  expect(() => secretsOf([text], {env: {}})).toThrow(invalid);
});

test('a secret is a file or a variable; of a bare id the variable wins', async () => {
  await using folder = temporaryFolder();
  const file = join(folder.path, 'a,b');
  writeFileSync(file, 'of the file');
  const env = {name: 'of the variable', other: 'other'};
  const texts = [
    `id=file,"src=${file}"`,
    'id=name',
    'id=env,env=other',
    'id=typed,type=env,src=other',
  ];
  const secrets = secretsOf([...texts, 'id=unset,env=nobody'], {env});
  const read = (id: string) => secrets.read(id) && Buffer.from(secrets.read(id) ?? '').toString();
  expect(['file', 'name', 'env', 'typed', 'unset', 'none'].map(read)).toEqual([
    'of the file',
    'of the variable',
    'other',
    'other',
    '',
    undefined,
  ]);
});

test('a secret holds 500 KiB and no more', async () => {
  await using folder = temporaryFolder();
  const file = join(folder.path, 'large');
  writeFileSync(file, Buffer.alloc(500 * 1024));
  expect(secretsOf([`id=a,src=${file}`], {env: {}}).read('a')).toHaveLength(500 * 1024);
  writeFileSync(file, Buffer.alloc(500 * 1024 + 1));
  expect(() => secretsOf([`id=a,src=${file}`], {env: {}})).toThrow(invalid);
  const env = {LONG: 'x'.repeat(500 * 1024 + 1)};
  expect(() => secretsOf(['id=LONG'], {env}).read('LONG')).toThrow(invalid);
});

test.each(['nofile', 'nofile=a', 'nofiles=1', 'nofile=2:1', 'nofile=-2', 'nofile=-1:5'])(
  'refuses --ulimit %s',
  (text) => {
    expect(() => limitsOf([text])).toThrow(invalid);
  },
);

test('of two limits of a type the last holds, and -1 is none', () => {
  expect(limitsOf(['nofile=1', 'core=0:-1', 'nofile=2:3'])).toEqual([
    {type: 'RLIMIT_CORE', soft: 0, hard: Number.POSITIVE_INFINITY},
    {type: 'RLIMIT_NOFILE', soft: 2, hard: 3},
  ]);
});

test.each(['network', 'device', 'security.insecur', ''])('refuses --allow %s', (text) => {
  expect(() => entitlementsOf([text], undefined)).toThrow(invalid);
});

test('the host network for all steps allows it for each', () => {
  expect(entitlementsOf([], 'host')).toEqual(['network.host']);
  expect(entitlementsOf(['security.insecure'], 'default')).toEqual(['security.insecure']);
});

test.each(['', '0', '-1', 'much'])('refuses --shm-size %s', (shmSize) => {
  expect(() => runSettings({shmSize}, {})).toThrow(invalid);
});

test('an agent is a socket; without one the option says what is missing', async () => {
  await using folder = temporaryFolder();
  const socket = join(folder.path, 'agent');
  const server = createServer();
  await new Promise<void>((listening) => server.listen(socket, listening));
  try {
    const env = {SSH_AUTH_SOCK: socket};
    await using agents = agentsOf(['default', `other=${socket}`], {env});
    expect(await agents.socket('default')).toBe(socket);
    expect(await agents.socket('other')).toBe(socket);
    expect(await agents.socket('none')).toBeUndefined();
    for (const text of [`a=${socket},${socket}`, 'a=/no/such/key']) {
      expect(() => agentsOf([text], {env})).toThrow(invalid);
    }
    expect(() => agentsOf(['default'], {env: {}})).toThrow(/SSH_AUTH_SOCK is not set/);
  } finally {
    await new Promise((closed) => server.close(closed));
  }
});

test('a key that cannot be loaded says so, and leaves no agent', async () => {
  await using folder = temporaryFolder();
  const key = join(folder.path, 'key');
  writeFileSync(key, 'no key', {mode: 0o600});
  await using agents = agentsOf([`default=${key}`], {env: {}});
  await expect(agents.socket('default')).rejects.toMatchObject({code: 'E_SSH_KEYS'});
});
