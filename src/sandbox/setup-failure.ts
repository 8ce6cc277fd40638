/** A plan that failed → the error that says which step, what the kernel answered, and what to do. */
import {constants} from 'node:os';
import type {TsbuildError} from '../base/error.js';
import {errnoName} from '../linux/errno.js';
import type {Plan, PlanOutcome, Step} from '../linux/plan.js';
import {CommandNotExecutableError, CommandNotFoundError, SandboxSetupError} from './errors.js';

const {EINVAL, ENOENT, ENOSPC, EPERM} = constants.errno;

/** Not among node:os's constants. */
const EUSERS = 87;

/** What unshare(2) answers where the limits of user_namespaces(7) and namespaces(7) are reached. */
const NAMESPACE_LIMITS: readonly number[] = [ENOSPC, EUSERS];

export function setupFailure(
  plan: Plan,
  {step: index, errno}: Extract<PlanOutcome, {kind: 'failed'}>,
): TsbuildError {
  const failure = {errno, name: errnoName(errno)};
  const step = plan.steps[index];
  if (step === undefined) {
    return new SandboxSetupError('making its namespaces', failure, namespaceHint(errno));
  }
  if (step.do !== 'exec') {
    return new SandboxSetupError(inWords(step), failure, stepHint(step, errno));
  }
  const command = step.args[0] ?? '';
  return errno === ENOENT
    ? new CommandNotFoundError(command)
    : new CommandNotExecutableError(command, EXEC_WORDS[failure.name] ?? failure.name);
}

const EXEC_WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  ENOEXEC: 'exec format error',
  ENOTDIR: 'a part of its path is not a directory',
  EISDIR: 'it is a directory',
  E2BIG: 'the arguments and environment are too long',
  ELOOP: 'too many symbolic links',
};

function inWords(step: Exclude<Step, {do: 'exec'}>): string {
  switch (step.do) {
    case 'mount':
      return `mounting ${step.type === '' ? step.source : step.type} on ${step.target}`;
    case 'remount':
      return `setting the mount options of ${step.target}`;
    case 'device':
      return `making the device ${step.path}`;
    case 'symlink':
      return `linking ${step.path}`;
    case 'mask':
      return `hiding ${step.path}`;
    case 'read-only':
      return `making ${step.path} read-only`;
    case 'write':
      return `writing ${step.path}`;
    case 'hostname':
    case 'domainname':
      return `setting the ${step.do} ${step.name}`;
    case 'chdir':
      return `entering the working directory ${step.path}`;
    case 'user':
      return `becoming uid ${step.uid}, gid ${step.gid}`;
    case 'rlimit':
      return `setting resource limit ${step.resource}`;
    default:
      return PLAIN_WORDS[step.do];
  }
}

const PLAIN_WORDS = {
  'pivot-root': 'entering the root file system',
  'loopback-up': 'starting the loopback device',
  umask: 'setting the umask',
  'no-new-privs': 'giving up new privileges',
  seccomp: 'loading the seccomp filter',
  'bounding-set': 'dropping capabilities',
  capabilities: 'setting capabilities',
} as const;

function namespaceHint(errno: number): string {
  return NAMESPACE_LIMITS.includes(errno)
    ? 'Raise the limits under /proc/sys/user/max_*_namespaces.'
    : 'Run "tsbuild doctor": it tells what this machine lacks.';
}

function stepHint(step: Step, errno: number): string | undefined {
  if (step.do === 'mount' && errno === EPERM && ['proc', 'sysfs'].includes(step.type)) {
    return (
      'The kernel mounts this only where the one outside is fully visible. In a container, start that one with ' +
      '--security-opt systempaths=unconfined, or with --privileged.'
    );
  }
  if (step.do === 'chdir' && errno === ENOENT) return 'Create it with WORKDIR or mkdir first.';
  if (step.do === 'user' && errno === EINVAL) {
    return 'The id is not mapped in this user namespace. Give yourself a wider range in /etc/subuid and /etc/subgid.';
  }
  if (step.do === 'seccomp' && errno === EINVAL) return 'Try --security-opt seccomp=unconfined.';
  return undefined;
}
