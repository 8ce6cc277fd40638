import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';
import {savedLayers} from './saved-layers.js';

/** What a process can see of its surroundings, a line each. */
const OBSERVE = `
set -- /proc/[0-9]*
echo "pid $$ of $#"
grep -E '^(CapInh|CapPrm|CapEff|CapBnd|CapAmb|NoNewPrivs|Seccomp):' /proc/self/status
for path in /proc/kcore /proc/keys /proc/timer_list; do [ -s "$path" ] && echo "readable $path"; done
for path in /proc/sys /proc/irq /proc/bus /sys; do
  awk -v path="$path" '$2 == path && $4 ~ /^ro/ {print "read-only", path}' /proc/mounts
done
for path in null zero full random urandom tty; do [ -c /dev/$path ] && echo "device $path"; done
for path in /dev/pts /dev/shm /dev/mqueue /proc; do
  awk -v path="$path" '$2 == path {print path, $3}' /proc/mounts | tail -n 1
done
readlink /dev/fd /dev/stdin /dev/ptmx
mount -t tmpfs none /mnt 2> /dev/null && echo mounted
id
`;

const observe = async (place: Place, ...flags: string[]) =>
  (await place.ok(['run', '--rm', ...flags, 'busybox', 'sh', '-c', OBSERVE])).stdout
    .trim()
    .split('\n');

/** chown dac_override fsetid fowner mknod net_raw setgid setuid setfcap setpcap net_bind_service sys_chroot kill audit_write */
const DOCKER_DEFAULT = '00000000a80425fb';

describe.each(testUserNames)('inside the sandbox, as %s', (user) => {
  test('a process has its own pids, the default capabilities, a filter, and the kernel behind masks', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const seen = await observe(place);
    expect(seen).toContain(`CapEff:\t${DOCKER_DEFAULT}`);
    expect(seen).toContain(`CapBnd:\t${DOCKER_DEFAULT}`);
    expect(seen).toContain('Seccomp:\t2');
    expect(seen).toContain('NoNewPrivs:\t0');
    expect(seen.filter((line) => line.startsWith('readable '))).toEqual([]);
    expect(seen).toEqual(expect.arrayContaining(['read-only /proc/sys', 'read-only /sys']));
    for (const device of ['null', 'zero', 'full', 'random', 'urandom', 'tty']) {
      expect(seen).toContain(`device ${device}`);
    }
    expect(seen).toEqual(
      expect.arrayContaining(['/dev/pts devpts', '/dev/shm tmpfs', '/proc proc']),
    );
    expect(seen).not.toContain('mounted');
    expect(seen[0]).toBe('pid 1 of 1');
  });

  test('a device is opened where the sandbox put it, and nowhere else', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const flags = [
      '--rm',
      '--tmpfs',
      '/tmpfs',
      '-v',
      'volume:/volume',
      '-v',
      `${place.directory}:/bind`,
    ];
    const script = `
for folder in / /dev /dev/shm /tmpfs /volume /bind; do
  mknod $folder/zero-of-mine c 1 5 && head -c 1 $folder/zero-of-mine && echo "opened in $folder"
done
head -c 2 /dev/zero | wc -c; echo >/dev/null && echo written`;
    const seen = await place.ok(['run', ...flags, 'busybox', 'sh', '-c', script]);
    expect(seen.stdout).toBe('2\nwritten\n');
  });

  test('crun, given the same configuration, shows the same', async (context) => {
    needs(context, 'user namespaces', 'crun');
    await using place = await openPlace(user, ['busybox']);
    expect(await observe(place, '--runtime', 'crun')).toEqual(await observe(place));
  });

  test('a step leaves nothing of its surroundings in the image', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: `FROM busybox AS tool
FROM scratch
COPY --from=tool /bin/busybox /busybox
RUN ["/busybox", "touch", "/made"]
`,
    });
    await place.build(files, 'bare');
    const [copied, ran] = await savedLayers(place, 'bare');
    expect(copied).toEqual([expect.stringMatching(/^-rwxr-xr-x 0\/0 \d+ busybox$/)]);
    expect(ran).toEqual(['-rw-r--r-- 0/0 0 made']);
  });
});
