/** Push and pull as a person has them: stdout, stderr, exit codes, config.json. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {hashSync} from 'bcryptjs';
import {expect, test} from 'vitest';
import {rawRegistry} from '../helpers/raw-registry.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

test.each(testUserNames)(
  '%s logs in, pushes, and pulls in another store; what is printed can be typed',
  async (user) => {
    await using place = await openPlace(user, ['busybox']);
    const htpasswd = join(place.directory, 'users');
    writeFileSync(htpasswd, `ada:${hashSync('secret', 4)}\n`);
    await using at = await rawRegistry({htpasswd});
    const {address} = at.registry;
    const env = {HOME: place.directory};
    const name = `${address}/team/box:v1`;
    await place.ok(['tag', 'busybox', name]);

    const denied = await place.run(['push', name], {env});
    expect(denied).toMatchObject({code: 1, stdout: ''});
    expect(denied.stderr).toContain(`hint: Log in with "tsbuild login ${address}"`);
    expect(denied.stderr).toContain('code: E_UNAUTHORIZED');

    place.write(join(place.directory, 'word'), 'secret\n');
    const words = ['login', '--username=ada', '--password-stdin', address];
    const login = await place.ok(words, {env, stdin: join(place.directory, 'word')});
    expect(login.stdout).toBe('Login Succeeded\n');
    expect(login.stderr).toContain('unencrypted');

    const pushed = await place.ok(['push', name], {env});
    expect(pushed.stdout).toMatch(new RegExp(`^${address}/team/box@sha256:[0-9a-f]{64}\n$`));
    expect(pushed.stderr).toMatch(
      /^The push refers to repository .*\nv1: digest: sha256:.* size: \d+\n$/s,
    );

    const other = {...env, TSBUILD_ROOT: join(place.directory, 'other')};
    const pulled = await place.ok(['pull', pushed.stdout.trim()], {env: other});
    expect(pulled.stdout).toBe(pushed.stdout);
    expect(pulled.stderr).toContain('Pull complete\n');
    const run = await place.ok(['run', '--rm', pulled.stdout.trim(), 'echo', 'hi'], {env: other});
    expect(run.stdout).toBe('hi\n');
    const again = await place.ok(['pull', '-q', name], {env: other});
    expect(again).toMatchObject({stdout: `${name}\n`, stderr: ''});
    for (const store of [env, other]) {
      const digests = [
        'images',
        '--digests',
        '--format={{.Repository}}@{{.Digest}}',
        `${address}/team/box`,
      ];
      expect((await place.ok(digests, {env: store})).stdout).toBe(pushed.stdout);
    }
    expect((await place.run(['push', pushed.stdout.trim()], {env})).stderr).toContain(
      'cannot push a digest reference',
    );

    const out = await place.ok(['logout', address], {env});
    expect(out.stdout).toBe(`Removing login credentials for ${address}\n`);
    expect((await place.run(['pull', name], {env: other})).stderr).toContain(
      'E_PULL_ACCESS_DENIED',
    );
  },
);

test('a build whose push fails keeps what it built; one without a name to push to does not begin', async () => {
  const [user = 'root'] = testUserNames;
  await using place = await openPlace(user, ['busybox']);
  const files = place.context({Dockerfile: 'FROM busybox\nENV A=b\n'});
  const failed = await place.run(['build', '--push', '--retry=0', '-t', '127.0.0.1:1/app', files]);
  expect(failed).toMatchObject({code: 1, stdout: ''});
  expect(failed.stderr).toContain('code: E_CONNECTION');
  expect((await place.ok(['images', '-q', '127.0.0.1:1/app'])).stdout).toMatch(/^[0-9a-f]{12}\n$/);
  const nameless = await place.run(['build', '--push', files]);
  expect(nameless.code).toBe(125);
  expect(nameless.stderr).toContain('want a name to push to');
});
