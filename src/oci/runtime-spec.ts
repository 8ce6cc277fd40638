/**
 * The bundle's config.json: one process, its root and its surroundings, as crun and runc read it too.
 *
 * Source  OCI runtime-spec v1.2.1, config.md and config-linux.md; only what tsbuild writes.
 */

/** What is declared: engines refuse a version newer than theirs, and all that they read here is as old as this one. */
export const RUNTIME_SPEC_VERSION = '1.0.2';

export interface RuntimeConfig {
  readonly ociVersion: string;
  readonly process: Process;
  readonly root: {readonly path: string; readonly readonly?: boolean};
  readonly hostname?: string;
  readonly domainname?: string;
  /** In the order they are mounted. */
  readonly mounts: readonly Mount[];
  readonly linux: LinuxConfig;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface Process {
  readonly terminal: boolean;
  readonly user: User;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly cwd: string;
  readonly capabilities: Capabilities;
  readonly rlimits: readonly ResourceLimit[];
  readonly noNewPrivileges: boolean;
  readonly oomScoreAdj?: number;
}

export interface User {
  readonly uid: number;
  readonly gid: number;
  readonly umask?: number;
  readonly additionalGids?: readonly number[];
}

/** Names as CAP_CHOWN. */
export interface Capabilities {
  readonly bounding: readonly string[];
  readonly effective: readonly string[];
  readonly permitted: readonly string[];
  readonly inheritable: readonly string[];
  readonly ambient: readonly string[];
}

/** `type` as RLIMIT_NOFILE. What JSON cannot carry exactly, from 2^53 on, is no limit. */
export interface ResourceLimit {
  readonly type: string;
  readonly soft: number;
  readonly hard: number;
}

export interface Mount {
  readonly destination: string;
  /** A file system, or `bind`. */
  readonly type: string;
  readonly source: string;
  /** As mount(8) names them, plus `rro` and friends of § Mounts. */
  readonly options: readonly string[];
}

interface LinuxConfig {
  readonly namespaces: readonly Namespace[];
  readonly uidMappings?: readonly IDMapping[];
  readonly gidMappings?: readonly IDMapping[];
  readonly timeOffsets?: Readonly<
    Partial<Record<'monotonic' | 'boottime', {readonly secs: number; readonly nanosecs: number}>>
  >;
  readonly devices?: readonly Device[];
  readonly sysctl?: Readonly<Record<string, string>>;
  readonly cgroupsPath?: string;
  readonly rootfsPropagation?: 'shared' | 'slave' | 'private' | 'unbindable';
  readonly seccomp?: Seccomp;
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
}

export type NamespaceType =
  | 'cgroup'
  | 'ipc'
  | 'mount'
  | 'network'
  | 'pid'
  | 'time'
  | 'user'
  | 'uts';

/** Without a path a new one is made; a type that is not listed is the caller's own. */
export interface Namespace {
  readonly type: NamespaceType;
  readonly path?: string;
}

export interface IDMapping {
  readonly containerID: number;
  readonly hostID: number;
  readonly size: number;
}

export interface Device {
  readonly path: string;
  readonly type: 'c' | 'b' | 'p';
  readonly major: number;
  readonly minor: number;
  readonly fileMode: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Source  config-linux.md § Seccomp. */
export interface Seccomp {
  readonly defaultAction: SeccompAction;
  readonly defaultErrnoRet?: number;
  /** SCMP_ARCH_X86_64 and so on. */
  readonly architectures?: readonly string[];
  readonly flags?: readonly string[];
  readonly syscalls?: readonly SeccompRule[];
}

export interface SeccompRule {
  readonly names: readonly string[];
  readonly action: SeccompAction;
  readonly errnoRet?: number;
  /** All must hold. */
  readonly args?: readonly SeccompArgument[];
}

export type SeccompAction =
  | 'SCMP_ACT_KILL'
  | 'SCMP_ACT_KILL_PROCESS'
  | 'SCMP_ACT_KILL_THREAD'
  | 'SCMP_ACT_TRAP'
  | 'SCMP_ACT_ERRNO'
  | 'SCMP_ACT_TRACE'
  | 'SCMP_ACT_ALLOW'
  | 'SCMP_ACT_LOG';

export type SeccompOperator =
  | 'SCMP_CMP_NE'
  | 'SCMP_CMP_LT'
  | 'SCMP_CMP_LE'
  | 'SCMP_CMP_EQ'
  | 'SCMP_CMP_GE'
  | 'SCMP_CMP_GT'
  | 'SCMP_CMP_MASKED_EQ';

export interface SeccompArgument {
  readonly index: number;
  readonly value: number;
  /** The right side of SCMP_CMP_MASKED_EQ, whose mask is `value`. */
  readonly valueTwo?: number;
  readonly op: SeccompOperator;
}
