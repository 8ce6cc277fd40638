import {existsSync, mkdirSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, outcome} from './place.js';

describe.each(testUserNames)('containers, as %s', (user) => {
  test('stay with their exit code until they are removed; those run with --rm do not', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    expect((await place.run(['run', '--name', 'kept', 'busybox', 'sh', '-c', 'exit 7'])).code).toBe(
      7,
    );
    await place.ok(['run', '--rm', '--name', 'gone', 'busybox', 'true']);
    const taken = await place.run(['run', '--name', 'kept', 'busybox', 'true']);
    expect(taken).toMatchObject({
      code: 125,
      stderr: expect.stringContaining('E_CONTAINER_NAME_IN_USE'),
    });
    const {stdout} = await place.ok(['ps', '-a', '--format', '{{.Names}} {{.Status}}']);
    expect(stdout).toMatch(/^kept Exited \(7\) .* ago\n$/);
    expect((await place.ok(['ps', '-q'])).stdout).toBe('');
    await place.ok(['rm', 'kept']);
    expect((await place.ok(['ps', '-a', '-q'])).stdout).toBe('');
  });

  test('share a named volume, which takes over what the image has there', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile:
        'FROM busybox\nRUN mkdir /data && echo seed > /data/seed && chown -R 7:8 /data\nVOLUME /data\n',
    });
    await place.build(files, 'voluminous');
    const inVolume = (volume: string, command: string) =>
      place.ok(['run', '--rm', '-v', volume, 'voluminous', 'sh', '-c', command]);
    await inVolume('shared:/data', 'echo more > /data/more');
    const {stdout} = await inVolume(
      'shared:/data',
      'cat /data/seed /data/more; stat -c %u:%g /data/seed',
    );
    expect(stdout).toBe('seed\nmore\n7:8\n');
    const readOnly = await place.run([
      'run',
      '--rm',
      '-v',
      'shared:/data:ro',
      'voluminous',
      'touch',
      '/data/x',
    ]);
    expect(readOnly.code).toBe(1);
    const anonymous = await place.ok(['run', '--rm', 'voluminous', 'ls', '/data']);
    expect(anonymous.stdout).toBe('seed\n');
  });

  test('see a directory of the host, which is made when it is missing', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const source = join(place.directory, 'new');
    await place.ok(['run', '--rm', '-v', `${source}:/out`, 'busybox', 'touch', '/out/made']);
    expect(existsSync(join(source, 'made'))).toBe(true);
  });

  test('see what --mount names, the outer before the inner, and never a source that is missing', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const source = place.context({file: 'of the host'});
    const mounted = (...mounts: string[]) =>
      place.run([
        'run',
        '--rm',
        ...mounts.flatMap((mount) => ['--mount', mount]),
        'busybox',
        'sh',
        '-c',
        'cat /out/file; touch /out/x /out/in/y; stat -c %a /out/in; df -k /out/in | tail -n 1',
      ]);
    const bind = `type=bind,source=${source},target=/out`;
    const missing = await mounted(`${bind},readonly`.replace(source, `${source}/none`));
    expect(missing).toMatchObject({code: 125, stderr: expect.stringContaining('does not exist')});
    mkdirSync(join(source, 'in'));
    const seen = await mounted(
      'type=tmpfs,target=/out/in,tmpfs-mode=1750,tmpfs-size=3m',
      `${bind},readonly`,
    );
    expect(seen.stdout).toMatch(/^of the host1750\n.* 3072 /);
    expect(seen.stderr).toContain('/out/x: Read-only file system');
    expect(readdirSync(join(source, 'in'))).toEqual([]);
  });

  test('are given names, resolvers, limits, memory and groups, and tell their id in a file', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const idFile = join(place.directory, 'id');
    const options = [
      ...['--cidfile', idFile, '--add-host', 'gate:host-gateway', '--group-add', '1234'],
      ...['--dns', '10.9.8.7', '--dns-search', 'lan', '--dns-opt', 'ndots:2'],
      ...['--ulimit', 'nofile=100:200', '--shm-size', '3m'],
    ];
    const look =
      'cat /etc/hosts /etc/resolv.conf; ulimit -n; ulimit -Hn; df -k /dev/shm; id -G; hostname';
    const run = () => place.run(['run', '--rm', ...options, 'busybox', 'sh', '-c', look]);
    const {code, stdout} = await run();
    expect(code).toBe(0);
    expect(stdout).toMatch(/^127\.0\.0\.1\tgate$/m);
    expect(stdout).toContain('nameserver 10.9.8.7\nsearch lan\noptions ndots:2\n100\n200\n');
    expect(stdout).toMatch(/ 3072 .*\n0 1234\n/);
    expect(stdout.trimEnd().endsWith(readFileSync(idFile, 'utf8').slice(0, 12))).toBe(true);
    expect(await run()).toMatchObject({code: 125, stderr: expect.stringContaining('--cidfile')});
  });

  test('have users who read what they are given, whatever umask their caller has', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const look = 'cat /etc/hosts /etc/resolv.conf /etc/hostname > /dev/null && stat -c %a /v /w';
    const args = ['run', '--rm', '-u', 'nobody', '-v', 'volume:/v', '-v', '/w', 'busybox'];
    const {stdout} = await place.ok([...args, 'sh', '-c', look], {umask: '077'});
    expect(stdout).toBe('755\n755\n');
  });

  test('take variables from a file that Node, which would obey them, does not see', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const file = join(place.directory, 'variables');
    place.write(file, 'NODE_OPTIONS=--no-such-option\n');
    const run = (...args: string[]) => place.run(['run', '--rm', ...args]);
    const {stdout} = await run('--env-file', file, 'busybox', 'env');
    expect(stdout).toContain('\nNODE_OPTIONS=--no-such-option\n');
    expect(await run('--env-file', '/nowhere', 'busybox', 'env')).toMatchObject({code: 125});
    const typed = [`--env-file=${file}`, '\u0001sign'];
    const echoed = await run('busybox', 'echo', ...typed);
    expect(echoed).toEqual({code: 0, stdout: `${typed.join(' ')}\n`, stderr: ''});
  });

  test('may mount, and see all of /proc, with --privileged alone', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const mount =
      'mkdir -p /mnt; mount -t tmpfs none /mnt && grep Seccomp: /proc/self/status; ls /proc/acpi';
    const run = (...options: string[]) =>
      place.run(['run', '--rm', ...options, 'busybox', 'sh', '-c', mount]);
    expect((await run()).stdout).toBe('');
    expect((await run('--privileged')).stdout).toMatch(/^Seccomp:\t0\n/);
    expect((await run('--privileged', '--cap-drop', 'SYS_ADMIN')).stdout).toBe('');
  });

  test('are told of signals, and killed by the third that asks for an end', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const deaf = "trap 'echo told' TERM INT; echo ready; while :; do sleep 0.05; done";
    const child = place.start(['run', '--rm', 'busybox', 'sh', '-c', deaf]);
    let answers = 0;
    child.stdout?.on('data', () => {
      answers++;
      child.kill(answers === 2 ? 'SIGINT' : 'SIGTERM');
    });
    expect(await outcome(child)).toMatchObject({code: 137, stdout: 'ready\ntold\ntold\n'});

    const alone = place.start(['run', '--rm', '--sig-proxy=false', 'busybox', 'sh', '-c', deaf]);
    alone.stdout?.once('data', () => alone.kill('SIGTERM'));
    expect(await outcome(alone)).toMatchObject({code: 137, stdout: 'ready\n'});
    expect((await place.ok(['ps', '-a', '-q'])).stdout).toBe('');
  });
});
