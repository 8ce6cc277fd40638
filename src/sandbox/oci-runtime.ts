/**
 * The same config for crun or runc: a bundle is written, the runtime runs it, and its state is removed.
 *
 * The runtime itself is started in a mount namespace of its own, where a hybrid cgroup hierarchy looks like a plain one:
 * crun refuses v2 beside v1.
 *
 * Source  OCI runtime-spec v1.2.1, bundle.md; the command line that crun and runc share.
 */
import {existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {removeTree} from '../base/remove-tree.js';
import {MS} from '../linux/mount-flags.js';
import {NAMESPACE_FLAGS} from '../linux/namespaces.js';
import type {Plan, PlanOutcome, Step} from '../linux/plan.js';
import type {RuntimeConfig} from '../oci/runtime-spec.js';
import {CommandNotExecutableError, CommandNotFoundError, OCIRuntimeError} from './errors.js';
import {exitStatus, type RunningProcess} from './run-process.js';
import {setupFailure} from './setup-failure.js';
import {DEFAULT_PATH} from './spec/environment.js';
import {type SuperviseOptions, supervise} from './supervise.js';

export interface OCIRuntimeOptions extends SuperviseOptions {
  /** A program on the default PATH, or its path: crun, runc, /usr/bin/crun. */
  readonly runtime: string;
  /** An existing directory for the bundle and the runtime's state; what is put there is removed again. */
  readonly scratch: string;
}

interface Bundle {
  readonly path: string;
  readonly id: string;
  /** Arguments of every call. */
  readonly command: readonly string[];
  readonly log: string;
}

/** As startProcess; `exit` rejects with OCIRuntimeError for what the runtime itself complains of. */
export function startWithOCIRuntime(
  config: RuntimeConfig,
  options: OCIRuntimeOptions,
): RunningProcess {
  options.signal?.throwIfAborted();
  const bundle = writeBundle(config, options);
  const run = [...bundle.command, 'run', '--bundle', bundle.path, bundle.id];
  // An abort must reach the container, which a killed runtime would leave behind: see `follow`.
  const {signal: _, ...streams} = options;
  const plan = runtimePlan(run);
  const running = supervise(plan, config.process.user.uid, streams);
  const exit = follow(bundle, running.ended, options).then(({outcome, complaint}) => {
    if (outcome.kind === 'failed') throw setupFailure(plan, outcome);
    const status = exitStatus(outcome);
    if (status.code === 0 || complaint === undefined) return status;
    throw failureOf(options.runtime, config.process.args[0] ?? '', complaint);
  });
  return {started: running.started, exit, kill: running.kill};
}

async function follow(
  bundle: Bundle,
  ended: Promise<PlanOutcome>,
  {signal, launcher}: OCIRuntimeOptions,
): Promise<{outcome: PlanOutcome; complaint: string | undefined}> {
  const remove = async (): Promise<unknown> => {
    const plan = runtimePlan([...bundle.command, 'delete', '--force', bundle.id]);
    const quiet = {onOutput: () => undefined, ...(launcher === undefined ? {} : {launcher})};
    return supervise(plan, 0, quiet).ended;
  };
  const abort = (): void => void remove().catch(() => undefined);
  signal?.addEventListener('abort', abort, {once: true});
  try {
    const outcome = await ended;
    signal?.throwIfAborted();
    return {outcome, complaint: lastComplaint(bundle.log)};
  } finally {
    signal?.removeEventListener('abort', abort);
    if (existsSync(join(bundle.path, 'state', bundle.id))) await remove();
    removeTree(bundle.path);
  }
}

function writeBundle(config: RuntimeConfig, {runtime, scratch}: OCIRuntimeOptions): Bundle {
  const path = mkdtempSync(join(scratch, 'bundle-'));
  const state = join(path, 'state');
  mkdirSync(state);
  writeFileSync(join(path, 'config.json'), JSON.stringify(config));
  const log = join(path, 'log');
  return {
    path,
    id: path.slice(-'XXXXXX'.length),
    command: [runtime, '--root', state, '--log', log, '--log-format', 'json'],
    log,
  };
}

function runtimePlan(args: readonly string[]): Plan {
  const hybrid = existsSync('/sys/fs/cgroup/unified/cgroup.procs');
  const mount = (fields: Partial<Extract<Step, {do: 'mount'}>>): Step => ({
    do: 'mount',
    source: '',
    target: '/',
    type: '',
    flags: 0,
    data: '',
    make: 'nothing',
    ...fields,
  });
  return {
    namespaces: NAMESPACE_FLAGS.mount,
    join: [],
    uidMap: [],
    gidMap: [],
    timeOffsets: [],
    rootfs: '/',
    terminal: false,
    init: false,
    steps: [
      mount({flags: MS.private | MS.rec}),
      ...(hybrid
        ? [mount({source: 'tmpfs', target: '/sys/fs/cgroup/unified', type: 'tmpfs'})]
        : []),
      {do: 'exec', args, env: [DEFAULT_PATH]},
    ],
  };
}

/** The last error the runtime logged. */
function lastComplaint(log: string): string | undefined {
  if (!existsSync(log)) return undefined;
  const messages = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"level":"error"'))
    .map((line) => (JSON.parse(line) as {msg?: unknown}).msg);
  const last = messages.at(-1);
  return typeof last === 'string' ? last : undefined;
}

/** Both runtimes tell of a program that cannot be executed in words only; these are theirs. */
function failureOf(runtime: string, command: string, complaint: string): Error {
  if (/executable file .*not found|^exec .*no such file/i.test(complaint)) {
    return new CommandNotFoundError(command);
  }
  if (/^(open executable|exec )/.test(complaint)) {
    return new CommandNotExecutableError(command, complaint);
  }
  return new OCIRuntimeError(runtime, complaint);
}
