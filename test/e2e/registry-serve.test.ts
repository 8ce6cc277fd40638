/** `registry serve` as a person has it: its URL, its command, its end. */
import {readdirSync} from 'node:fs';
import {basename, join} from 'node:path';
import {expect, test} from 'vitest';
import {testUserNames} from '../helpers/users.js';
import {openPlace, outcome} from './place.js';

const [user = 'root'] = testUserNames;

test.each(testUserNames)(
  '%s has a registry for as long as a command runs, and its exit code',
  async (user) => {
    await using place = await openPlace(user);
    const ping =
      'fetch(process.env.TSBUILD_REGISTRY_URL + "/v2/").then((is) => console.log(is.status))';
    const script = `id -u; echo "$TSBUILD_REGISTRY_URL"; sleep 0.5; node -e '${ping}'; exit 7`;
    place.write(join(place.directory, 'tmp/'), '');
    const env = {TMPDIR: join(place.directory, 'tmp')};
    const command = ['registry', 'serve', '--tmp', '--', 'sh', '-c', script];
    const {code, stdout} = await place.run(command, {env});
    const [uid, url, status] = stdout.trim().split('\n');
    expect(code).toBe(7);
    // The command is the user's own, in no namespace of ours.
    expect(uid).toBe(String(place.user.uid));
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(status).toBe('200');
    const own = join(env.TMPDIR, `tsbuild-registries-${place.user.uid}`);
    expect([readdirSync(env.TMPDIR), readdirSync(own)]).toEqual([[basename(own)], []]);
  },
);

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends a registry in order: 0', async (signal) => {
  await using place = await openPlace(user);
  const child = place.start(['registry', 'serve', '--port=0', '--access-log']);
  const ended = outcome(child);
  const url = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (text) => resolve(String(text).trim())),
  );
  expect((await fetch(`${url}/v2/`)).status).toBe(200);
  child.kill('SIGHUP');
  expect((await fetch(`${url}/v2/_catalog`)).status).toBe(200);
  child.kill(signal);
  const {code, stderr} = await ended;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^127\.0\.0\.1 GET \/v2\/ 200 \d+ ms$/m);
});

test('a command that is not there, and a fault that is none, are mistakes of the command line', async () => {
  await using place = await openPlace(user);
  for (const flags of [
    ['--', '/no/such/program'],
    ['--gc-every=soon'],
    ['--htpasswd=a', '--token-realm=b'],
  ]) {
    expect((await place.run(['registry', 'serve', '--tmp', ...flags])).code).toBe(125);
  }
});
