import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox'].find((path) => existsSync(path));

/** Whether this machine has Debian's busybox-static. */
export const hasBusybox = BUSYBOX !== undefined;

/** With /bin/sh these run by their bare names too: busybox's shell knows its own programs. */
const APPLETS = ['sh', 'cat', 'echo', 'ls', 'sleep'];

/** A root file system of busybox and three accounts, in a directory that everybody may enter; removed at the end. */
export function busyboxRoot(files: Readonly<Record<string, string>> = {}) {
  const base = mkdtempSync(join(tmpdir(), 'busybox-root-'));
  chmodSync(base, 0o755);
  const path = join(base, 'root');
  for (const folder of ['bin', 'dev', 'etc', 'proc', 'sys', 'tmp', 'home/app']) {
    mkdirSync(join(path, folder), {recursive: true});
  }
  copyFileSync(BUSYBOX ?? '/bin/busybox', join(path, 'bin/busybox'));
  chmodSync(join(path, 'bin/busybox'), 0o755);
  for (const applet of APPLETS) symlinkSync('busybox', join(path, 'bin', applet));
  const all: Readonly<Record<string, string>> = {
    'etc/passwd':
      'root:x:0:0:root:/root:/bin/sh\napp:x:1000:1001:App:/home/app:/bin/sh\nnohome:x:7:7:::/bin/sh\n',
    'etc/group': 'root:x:0:\nwheel:x:10:root,app\napp:x:1001:\nvideo:x:44:app,root\n',
    'etc/hosts': '',
    'etc/hostname': '',
    'etc/resolv.conf': '',
    ...files,
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(join(path, name), text);
  return {
    base,
    path,
    [Symbol.dispose]: () => rmSync(base, {recursive: true, force: true}),
  };
}
