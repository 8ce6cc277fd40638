/**
 * The plan: a process and its surroundings as a flat list of kernel steps.
 *
 * Policy is written in TypeScript (src/sandbox lowers a runtime-spec config to this), mechanism is C
 * (native/): it carries the steps out in order inside the new process, and answers a failure with the
 * step's index and errno. A plan is plain data, so tests compare it without privileges.
 *
 * Paths   `target`, `path` of steps before `pivot-root` are absolute inside the rootfs and are resolved there
 *         (openat2, RESOLVE_IN_ROOT): a symlink in the image never leads out. `source` is a path of the
 *         caller's mount namespace.
 * Numbers flags are the kernel's own (mount(2) MS_*, clone(2) CLONE_*).
 */

export interface Plan {
  /** CLONE_NEW* bits of the namespaces to create; entered in the order user, then the others, then fork for pid. */
  readonly namespaces: number;
  /** Namespaces to join instead: the CLONE_NEW* bit and a path like /proc/7/ns/net. */
  readonly join: readonly {readonly kind: number; readonly path: string}[];
  /** Only with CLONE_NEWUSER. */
  readonly uidMap: readonly IDMapping[];
  readonly gidMap: readonly IDMapping[];
  /** Only with CLONE_NEWTIME: seconds and nanoseconds for /proc/self/timens_offsets, written before the first child. */
  readonly timeOffsets: readonly {
    readonly clock: 'monotonic' | 'boottime';
    readonly secs: number;
    readonly nanosecs: number;
  }[];
  /** Where the rootfs is mounted in the caller's mount namespace. */
  readonly rootfs: string;
  /** A pseudo-terminal of the new devpts instance becomes stdin, stdout and stderr; the monitor relays it. */
  readonly terminal: boolean;
  /** Process 1 is the launcher's reaper, and the program its child. */
  readonly init: boolean;
  readonly steps: readonly Step[];
}

export interface IDMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

export type Step =
  /** mount(2); `target` is made when missing, as what `make` says. Read-only binds are a second step with MS_REMOUNT. */
  | {
      readonly do: 'mount';
      readonly source: string;
      readonly target: string;
      readonly type: string;
      readonly flags: number;
      readonly data: string;
      readonly make: 'nothing' | 'directory' | 'file';
    }
  /** Remounts a bind with more flags, keeping those the kernel has locked. */
  | {readonly do: 'remount'; readonly target: string; readonly flags: number}
  /** A device node; where mknod(2) is refused, the host's node at the same path is bound instead. */
  | {
      readonly do: 'device';
      readonly path: string;
      readonly major: number;
      readonly minor: number;
      readonly mode: number;
    }
  | {readonly do: 'symlink'; readonly target: string; readonly path: string}
  /** pivot_root(".", ".") and a lazy unmount of the old root; MS_MOVE and chroot where the kernel refuses (initramfs). */
  | {readonly do: 'pivot-root'}
  /** After the pivot: /dev/null over a file, an empty read-only tmpfs over a directory; absent paths are skipped. */
  | {readonly do: 'mask'; readonly path: string}
  /** After the pivot: the path bound onto itself, read-only; absent paths are skipped. */
  | {readonly do: 'read-only'; readonly path: string}
  | {readonly do: 'write'; readonly path: string; readonly data: string}
  | {readonly do: 'hostname'; readonly name: string}
  | {readonly do: 'domainname'; readonly name: string}
  | {readonly do: 'loopback-up'}
  | {readonly do: 'rlimit'; readonly resource: number; readonly soft: number; readonly hard: number}
  | {readonly do: 'umask'; readonly mode: number}
  | {readonly do: 'no-new-privs'}
  /** A BPF program: `struct sock_filter` records in the machine's byte order. */
  | {readonly do: 'seccomp'; readonly program: Uint8Array; readonly flags: number}
  /** Drops from the bounding set everything but these (bit n is capability n). */
  | {readonly do: 'bounding-set'; readonly keep: bigint}
  /** setgroups, setresgid, setresuid, with capabilities kept over the change. Skips setgroups where it is denied. */
  | {
      readonly do: 'user';
      readonly uid: number;
      readonly gid: number;
      readonly additionalGids: readonly number[];
    }
  | {
      readonly do: 'capabilities';
      readonly effective: bigint;
      readonly permitted: bigint;
      readonly inheritable: bigint;
      readonly ambient: bigint;
    }
  | {readonly do: 'chdir'; readonly path: string}
  /** Always last. `args[0]` without a slash is looked for in the PATH of `env`. */
  | {readonly do: 'exec'; readonly args: readonly string[]; readonly env: readonly string[]};

/** How a process ended, or that it never began. */
export type PlanOutcome =
  | {readonly kind: 'exited'; readonly code: number}
  | {readonly kind: 'signaled'; readonly signal: number}
  /** `step` is an index into `steps`, or -1 when the namespaces could not be made. */
  | {readonly kind: 'failed'; readonly step: number; readonly errno: number};
