/**
 * Starts a container, and a second one in the first's pid, network, IPC and UTS namespaces; prints what the second
 * sees. argv: the launcher.
 */
import {readlinkSync} from 'node:fs';
import {ROOT_ACCOUNT} from '../../../src/sandbox/accounts.js';
import {readHostFacts} from '../../../src/sandbox/host-facts.js';
import {runProcess, startProcess} from '../../../src/sandbox/run-process.js';
import {type ContainerOptions, containerSpec} from '../../../src/sandbox/spec/container-spec.js';
import {parseNamespaceMode} from '../../../src/sandbox/spec/namespace-modes.js';
import {busyboxRoot} from '../../helpers/busybox-root.js';

const launcher = process.argv[2] ?? '';
const write = (_stream: string, data: Uint8Array): void => void process.stdout.write(data);

using root = busyboxRoot();
const container = (options: Partial<ContainerOptions>) =>
  containerSpec({
    rootfs: root.path,
    image: {},
    account: ROOT_ACCOUNT,
    host: readHostFacts(),
    hostname: 'first',
    args: [],
    env: [],
    terminal: false,
    readonlyRoot: false,
    capAdd: [],
    capDrop: [],
    noNewPrivileges: false,
    mounts: [],
    ...options,
  });

const first = startProcess(
  container({args: ['/bin/sleep', '600'], namespaces: {network: 'private'}}),
  {launcher, onOutput: write},
);
const pid = await first.started;
const other = `container:${pid}`;
const network = readlinkSync(`/proc/${pid}/ns/net`);
const script = `
hostname
tr '\\0' ' ' < /proc/1/cmdline | sed 's, $,,; s,/bin/,,'; echo
test "$(readlink /proc/self/ns/net)" = '${network}' && echo same network namespace
test -w /proc/1/mem || echo other user
`;
await runProcess(
  container({
    args: ['/bin/sh', '-c', script],
    hostname: 'second',
    account: {...ROOT_ACCOUNT, uid: 1000, gid: 1000},
    namespaces: {
      pid: parseNamespaceMode('pid', other),
      network: parseNamespaceMode('network', other),
      ipc: parseNamespaceMode('ipc', other),
      uts: parseNamespaceMode('uts', other),
    },
  }),
  {launcher, onOutput: write},
);
first.kill('SIGKILL');
await first.exit;
