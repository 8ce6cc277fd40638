/** Options of mount(8) ⇄ flags of mount(2). Source: include/uapi/linux/mount.h; OCI runtime-spec v1.2.1, config.md § Mounts. */

export const MS = {
  rdonly: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  synchronous: 16,
  remount: 32,
  mandlock: 64,
  dirsync: 128,
  nosymfollow: 256,
  noatime: 1024,
  nodiratime: 2048,
  bind: 4096,
  move: 8192,
  rec: 16384,
  silent: 32768,
  unbindable: 1 << 17,
  private: 1 << 18,
  slave: 1 << 19,
  shared: 1 << 20,
  relatime: 1 << 21,
  iversion: 1 << 23,
  strictatime: 1 << 24,
  lazytime: 1 << 25,
} as const;

type Option = readonly [kind: 'set' | 'clear' | 'propagation', flags: number];

const options: Readonly<Record<string, Option>> = {
  async: ['clear', MS.synchronous],
  atime: ['clear', MS.noatime],
  bind: ['set', MS.bind],
  defaults: ['set', 0],
  dev: ['clear', MS.nodev],
  diratime: ['clear', MS.nodiratime],
  dirsync: ['set', MS.dirsync],
  exec: ['clear', MS.noexec],
  iversion: ['set', MS.iversion],
  lazytime: ['set', MS.lazytime],
  loud: ['clear', MS.silent],
  mand: ['set', MS.mandlock],
  noatime: ['set', MS.noatime],
  nodev: ['set', MS.nodev],
  nodiratime: ['set', MS.nodiratime],
  noexec: ['set', MS.noexec],
  noiversion: ['clear', MS.iversion],
  nolazytime: ['clear', MS.lazytime],
  nomand: ['clear', MS.mandlock],
  norelatime: ['clear', MS.relatime],
  nostrictatime: ['clear', MS.strictatime],
  nosuid: ['set', MS.nosuid],
  nosymfollow: ['set', MS.nosymfollow],
  private: ['propagation', MS.private],
  rbind: ['set', MS.bind | MS.rec],
  relatime: ['set', MS.relatime],
  ro: ['set', MS.rdonly],
  rprivate: ['propagation', MS.private | MS.rec],
  rshared: ['propagation', MS.shared | MS.rec],
  rslave: ['propagation', MS.slave | MS.rec],
  runbindable: ['propagation', MS.unbindable | MS.rec],
  rw: ['clear', MS.rdonly],
  shared: ['propagation', MS.shared],
  silent: ['set', MS.silent],
  slave: ['propagation', MS.slave],
  strictatime: ['set', MS.strictatime],
  suid: ['clear', MS.nosuid],
  symfollow: ['clear', MS.nosymfollow],
  sync: ['set', MS.synchronous],
  unbindable: ['propagation', MS.unbindable],
};

export interface MountOptions {
  readonly flags: number;
  /** Each is a mount(2) of its own, after the mount: the kernel takes propagation alone. */
  readonly propagation: readonly number[];
  /** What is not a flag, for the file system: `size=64m,mode=755`. */
  readonly data: string;
}

/** Later options win over earlier ones. */
export function parseMountOptions(names: readonly string[]): MountOptions {
  let flags = 0;
  const propagation: number[] = [];
  const data: string[] = [];
  for (const name of names) {
    const [kind, bits] = Object.hasOwn(options, name) ? (options[name] as Option) : [undefined, 0];
    if (kind === 'set') flags |= bits;
    else if (kind === 'clear') flags &= ~bits;
    else if (kind === 'propagation') propagation.push(bits);
    else data.push(name);
  }
  return {flags, propagation, data: data.join(',')};
}
