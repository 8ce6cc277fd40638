import {readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {rootCertificates} from 'node:tls';
import {expect, test} from 'vitest';
import {prepareCACertificates} from '../../src/sandbox/ca-certificates.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const refused = expect.objectContaining({code: 'E_INVALID_CERTIFICATE'});
/** Whose certificate it is does not matter to what is tested. */
const ANY = rootCertificates[0] ?? '';
const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;

test.each([
  {what: 'nothing', text: ''},
  {what: 'no certificate', text: 'hello'},
  {what: 'a key', text: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n'},
  {what: 'a broken certificate', text: pem('AAAA')},
  {what: 'a good and a broken one', text: `${rootCertificates[0]}\n${pem('AAAA')}`},
])('a file with $what is refused', async ({text}) => {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'ca.pem');
  writeFileSync(path, text);
  expect(() => prepareCACertificates(path, folder.path)).toThrow(refused);
});

test('a file that is missing or enormous is refused', async () => {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'ca.pem');
  expect(() => prepareCACertificates(path, folder.path)).toThrow(refused);
  writeFileSync(path, '');
  truncateSync(path, 1_000_000_000);
  expect(() => prepareCACertificates(path, folder.path)).toThrow(refused);
});

test('the bundle holds the public authorities and the given one, and every variable names it', async () => {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'own.pem');
  writeFileSync(path, `some words before\n${ANY}`);
  const {mounts, env} = prepareCACertificates(path, folder.path);
  const [bundle, apt] = mounts.map(({source}) => readFileSync(source, 'utf8'));
  expect(bundle).toContain(ANY.trim());
  expect(bundle?.match(/BEGIN CERTIFICATE/g)).toHaveLength(rootCertificates.length + 1);
  const place = mounts[0]?.destination;
  expect(env).toEqual(
    expect.arrayContaining([`SSL_CERT_FILE=${place}`, `NODE_EXTRA_CA_CERTS=${place}`]),
  );
  expect(env).toContain(`APT_CONFIG=${mounts[1]?.destination}`);
  expect(apt).toBe(`Acquire::https::CAInfo "${place}";\n`);
});

test('what is mounted lies on the container’s own /dev, and so in no layer', async () => {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'own.pem');
  writeFileSync(path, ANY);
  for (const {destination, options} of prepareCACertificates(path, folder.path).mounts) {
    expect(destination).toMatch(/^\/dev\/[^/]+$/);
    expect(options).toContain('ro');
  }
});
