import {readdirSync, readFileSync, statSync} from 'node:fs';
import {namesOfCapabilities} from '../linux/capability-names.js';
import {deviceMajor, deviceMinor} from '../linux/node.js';
import type {Device} from '../oci/runtime-spec.js';

/** What this process could hand on to one that is not confined. */
export interface PrivilegeFacts {
  readonly capabilities: readonly string[];
  /** Those of the machine that an ordinary container lacks. */
  readonly devices: readonly Device[];
}

export const readPrivilegeFacts = (): PrivilegeFacts => ({
  capabilities: boundingSet(),
  devices: privilegedDevices(),
});

function boundingSet(): string[] {
  const status = readFileSync('/proc/self/status', 'latin1');
  const mask = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return namesOfCapabilities(BigInt(`0x${mask}`));
}

const PRIVILEGED = /^(loop-control|loop\d+|fuse|kvm|net\/tun)$/;

function privilegedDevices(): Device[] {
  const names = [...readdirSync('/dev'), 'net/tun'].filter((name) => PRIVILEGED.test(name));
  return names.flatMap((name): Device[] => {
    const path = `/dev/${name}`;
    const stat = statSync(path, {throwIfNoEntry: false});
    if (!stat?.isCharacterDevice() && !stat?.isBlockDevice()) return [];
    const type = stat.isBlockDevice() ? 'b' : 'c';
    const major = deviceMajor(stat.rdev);
    return [{path, type, major, minor: deviceMinor(stat.rdev), fileMode: stat.mode & 0o777}];
  });
}
