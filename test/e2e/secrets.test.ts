import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';
import {sharedPlace} from './shared-place.js';

/** What no test of ours ever prints by chance. */
const secretText = (): string => `s3cr3t-${randomBytes(12).toString('hex')}`;

describe.each(testUserNames)('what a build is entrusted with, as %s', (user) => {
  // For those whose steps are no other's.
  const stocked = sharedPlace(user, ['busybox']);

  test.each(['plain', 'rawjson', 'classic'])(
    'a secret is in no layer, no record, no history and no %s output',
    async (progress) => {
      await using place = await openPlace(user, ['busybox']);
      const [file, variable] = [secretText(), secretText()];
      const files = place.context({
        Dockerfile: `FROM busybox
ARG TOKEN=from-the-arg
RUN --mount=type=secret,id=file --mount=type=secret,id=token,env=TOKEN \\
    cat /run/secrets/file; echo "<$TOKEN>"; echo "$TOKEN" | sed 's/./&/' >&2; \\
    printf %s "$TOKEN" | head -c 9; sleep 0.1; printf %s "$TOKEN" | tail -c +10; \\
    printf %s "$TOKEN" | md5sum | cut -c 1-8 > /digest
RUN ls -A /run; cat /digest
`,
      });
      place.write(join(place.directory, 'secret-file'), `${file}\n`);
      const args = ['build', '--progress', progress, '-t', 'kept'];
      const given = [
        '--secret',
        `id=file,src=${place.directory}/secret-file`,
        '--secret',
        'id=token,env=OUTER',
      ];
      const {stdout, stderr} = await place.ok([...args, ...given, files], {env: {OUTER: variable}});
      const log = `${stdout}${stderr}`;
      const told = `${log}${decoded(log)}`;
      expect(told).toContain('<***>');
      const history = await place.ok(['history', '--no-trunc', 'kept']);
      for (const secret of [file, variable]) {
        expect(told).not.toContain(secret);
        expect(history.stdout).not.toContain(secret);
        expect(filesWith(secret, place.store)).toBe('');
      }
      expect((await place.ok(['run', '--rm', 'kept', 'cat', '/digest'])).stdout).toHaveLength(9);
    },
  );

  test('a secret that is required and not given fails with its id, one that is optional is not there', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const files = place.context({
      Dockerfile: `FROM busybox AS optional
RUN --mount=type=secret,id=none --mount=type=secret,id=no,env=NO --mount=type=ssh \\
    test ! -e /run/secrets && test -z "\${NO+x}" && test -z "$SSH_AUTH_SOCK"
FROM busybox
RUN --mount=type=secret,id=none,required true
`,
    });
    await place.build(files, 'optional', '--target', 'optional');
    const {code, stderr} = await place.run(['build', files]);
    expect(code).toBe(1);
    expect(stderr).toContain('secret none: not found');
    expect(stderr).toContain('Give it with --secret id=none,src=FILE.');
    expect(stderr).toContain('>>> RUN --mount=type=secret,id=none,required true');
  });

  test('a secret has the owner and mode asked for, and what it holds is in no key', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const files = place.context({
      Dockerfile: `FROM busybox
RUN --mount=type=secret,id=s,target=keys/s,uid=5,gid=6,mode=0440 stat -c %u:%g:%a /keys/s; \\
    (echo no > /keys/s) 2>&1; stat -f -c %T /keys/s
`,
    });
    const value = join(place.directory, 'value');
    place.write(value, 'one-value');
    const flags = ['--secret', `id=s,src=${value}`];
    const {log} = await place.build(files, 'owned', ...flags);
    expect(log).toMatch(/ 5:6:440$/m);
    expect(log).toContain('Read-only file system');
    expect(log).toMatch(/ tmpfs$/m);
    place.write(value, 'another-value');
    const {steps} = await place.build(files, 'owned', ...flags);
    expect(steps.find(({name}) => name.includes('keys/s'))?.state).toBe('cached');
  });

  test('a step of any user reaches the ssh agent, through a socket of its own', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['node']);
    place.write(join(place.directory, 'key/'), '');
    const key = join(place.directory, 'key/id');
    spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'the-comment', '-f', key]);
    spawnSync('chown', ['-R', user, join(place.directory, 'key')]);
    const files = place.context({
      Dockerfile: `FROM node:20-slim
USER 1234
RUN --mount=type=ssh,uid=1234,required stat -c %u:%a $SSH_AUTH_SOCK && node -e ' \\
  const socket = require("net").connect(process.env.SSH_AUTH_SOCK, () => socket.write(Buffer.from([0, 0, 0, 1, 11]))); \\
  socket.on("data", (data) => { console.log(data.toString("latin1").replace(/[^a-z-]/g, " ")); socket.end(); });'
RUN ls -A /run
`,
    });
    const {log} = await place.build(files, 'agent', '--ssh', `default=${key}`);
    expect(log).toMatch(/ 1234:600$/m);
    expect(log).toContain('the-comment');
    expect(filesWith('OPENSSH PRIVATE KEY', place.store)).toBe('');
    expect(spawnSync('pgrep', ['-u', user, '-f', 'ssh-agent -D']).stdout.toString()).toBe('');
  });

  test('without its entitlement nothing leaves the sandbox; with it, a step has every capability there is', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const files = place.context({
      Dockerfile: `FROM busybox
RUN --security=insecure grep -E 'CapEff|Seccomp:' /proc/self/status; mkdir /m && mount -t tmpfs none /m && umount /m && echo mounted
`,
    });
    const {code, stderr} = await place.run(['build', files]);
    expect(code).toBe(1);
    expect(stderr).toContain('Add --allow security.insecure to the command.');
    const {log} = await place.build(files, 'free', '--allow', 'security.insecure');
    expect(log).toMatch(/Seccomp:\t0$/m);
    expect(log).toMatch(/ mounted$/m);
  });

  test('hosts, limits and the size of /dev/shm are as the command says, and only names count', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const files = place.context({
      Dockerfile: `FROM busybox
RUN grep -E 'db|gate' /etc/hosts; ulimit -Sn; ulimit -Hn; df -k /dev/shm | tail -n 1
`,
    });
    const hosts = (address: string) => [
      '--add-host',
      `db:${address}`,
      '--add-host',
      'gate=host-gateway',
    ];
    const limits = ['--ulimit', 'nofile=100:200', '--shm-size', '3m'];
    const {log} = await place.build(files, 'settings', ...hosts('10.1.2.3'), ...limits);
    expect(log).toMatch(/ 10\.1\.2\.3\tdb$/m);
    expect(log).toMatch(/ 127\.0\.0\.1\tgate$/m);
    expect(log).toMatch(/ 100\n.* 200\n.* 3072 /);
    const again = await place.build(files, 'settings', ...hosts('10.1.2.4'));
    expect(again.steps.at(-2)?.state).toBe('cached');
    const other = await place.build(files, 'settings');
    expect(other.steps.at(-2)?.state).toBe('done');
  });

  test('--no-cache-filter runs one stage afresh', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const files = place.context({
      Dockerfile: `FROM busybox AS one
RUN true > /one
FROM one AS two
RUN cat /proc/uptime > /two
FROM busybox
COPY --from=two /two /
`,
    });
    const first = await place.build(files, 'filtered');
    const again = await place.build(files, 'filtered', '--no-cache-filter', 'Two');
    expect(again.steps.filter(({name}) => /RUN|COPY/.test(name))).toEqual([
      {name: expect.stringContaining('true'), state: 'cached'},
      {name: expect.stringContaining('/two'), state: 'done'},
      {name: expect.stringContaining('COPY'), state: 'done'},
    ]);
    expect(again.imageID).not.toBe(first.imageID);
  });
});

/** What a step printed, in the events of `--progress rawjson`. */
const decoded = (log: string): string =>
  [...log.matchAll(/"data":"([^"]*)"/g)]
    .map(([, data = '']) => Buffer.from(data, 'base64').toString('latin1'))
    .join('');

/** Names of the store's files that hold the text. */
function filesWith(text: string, store: string): string {
  return spawnSync('grep', ['-rlaF', '--', text, store]).stdout.toString();
}
