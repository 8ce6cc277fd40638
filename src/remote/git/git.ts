/**
 * The program git, run so that neither an address nor a repository can make it do more than it was asked for.
 *
 * Transports are http, https, ssh and git; no hook, filter or monitor runs and nobody is asked for a password. Of the caller's environment
 * the variables that redirect git are left out.
 * Throws  GitMissingError, GitError with git's last words; the signal's reason.
 */
import {spawn} from 'node:child_process';
import {GitError, GitMissingError} from '../errors.js';
import {redacted} from '../redacted.js';

/** How remotes are spoken to. */
export interface NetworkAccess {
  /** With the user's own configuration, credential helpers and keys: of git, and of ssh. Else with nothing but what is here. */
  readonly asUser: boolean;
  /** Header for all addresses below `scope`, like `https://host/a/b.git`. */
  readonly authorization?: {readonly scope: string; readonly value: string} | undefined;
  /** Socket of an ssh agent; with `asUser` the one of the environment stands in. */
  readonly agent?: string | undefined;
}

export interface GitCall {
  /** What is done, for messages: `fetch`. */
  readonly action: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Absent where nothing but this machine is asked. */
  readonly network?: NetworkAccess | undefined;
  /** Also local repositories: for what was fetched already. */
  readonly local?: boolean;
  readonly cwd?: string;
  /** The index file, in place of the repository's. */
  readonly index?: string;
  readonly signal?: AbortSignal | undefined;
}

const settings: Readonly<Record<string, string>> = {
  'protocol.allow': 'never',
  'protocol.http.allow': 'always',
  'protocol.https.allow': 'always',
  'protocol.ssh.allow': 'always',
  'protocol.git.allow': 'always',
  'core.hooksPath': '/dev/null',
  'core.fsmonitor': 'false',
  'core.autocrlf': 'false',
  'core.symlinks': 'true',
  'safe.directory': '*',
  'filter.lfs.process': '',
  'filter.lfs.smudge': '',
  'filter.lfs.required': 'false',
  'gc.autoDetach': 'false',
  'maintenance.auto': 'false',
  'advice.detachedHead': 'false',
};

/** No question is asked; the key of a host that was never met is taken for its own, as the first one. */
const careful = ['-o BatchMode=yes', '-o StrictHostKeyChecking=accept-new'];

/** Neither configuration nor keys of the user. */
const nobody = ['-F /dev/null', '-o IdentityFile=/dev/null'];

const KEPT = [
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_SSL_NO_VERIFY',
];
const MOST_TOLD = 2000;
const MOST_ANSWERED = 64 << 20;

/** What it wrote to stdout. */
export function git(call: GitCall): Promise<string> {
  const {args, cwd, signal, local = false} = call;
  signal?.throwIfAborted();
  const all = local ? {...settings, 'protocol.file.allow': 'always'} : settings;
  const options = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn('git', [...options, ...args], {
    env: environment(call),
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : {cwd}),
    ...(signal === undefined ? {} : {signal}),
  });
  return new Promise((resolve, reject) => {
    let answer = '';
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      answer += text;
      if (answer.length > MOST_ANSWERED) child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told = (told + text).slice(-MOST_TOLD);
    });
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (signal?.aborted) reject(signal.reason);
      else reject(error.code === 'ENOENT' ? new GitMissingError(error) : error);
    });
    child.once('close', (code) => {
      if (code === 0) resolve(answer);
      else reject(failure(call, told));
    });
  });
}

function environment({env, index, network}: GitCall): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(
    ([name]) => !(name.startsWith('GIT_') || name === 'SSH_AUTH_SOCK') || KEPT.includes(name),
  );
  return {
    GIT_SSH_COMMAND: ['ssh', ...(network?.asUser ? [] : nobody), ...careful].join(' '),
    ...Object.fromEntries(kept),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    LC_ALL: 'C',
    ...(index === undefined ? {} : {GIT_INDEX_FILE: index}),
    ...(network?.asUser ? {} : {GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null'}),
    ...agentOf(env, network),
    ...headerOf(network),
  };
}

function agentOf(env: NodeJS.ProcessEnv, network: NetworkAccess | undefined): NodeJS.ProcessEnv {
  const socket = network?.agent ?? (network?.asUser ? env['SSH_AUTH_SOCK'] : undefined);
  return socket === undefined ? {} : {SSH_AUTH_SOCK: socket};
}

/** Not as an argument, which every user of the machine could read. */
function headerOf(network: NetworkAccess | undefined): NodeJS.ProcessEnv {
  if (network?.authorization === undefined) return {};
  const {scope, value} = network.authorization;
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${scope}.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: ${value}`,
  };
}

function failure({action, network}: GitCall, told: string): GitError {
  const lines = told.split('\n').filter((line) => /\S/.test(line));
  const important = lines.findLast((line) => /^(fatal|error|remote): /.test(line)) ?? lines.at(-1);
  const said = redacted(important ?? 'failed without a word');
  const hint = /could not read Username|Authentication failed|Permission denied/.test(told)
    ? (network?.asUser
        ? 'Give git a credential helper, or load a key into the ssh agent; '
        : ''
      ).concat('a secret GIT_AUTH_TOKEN is for https, --ssh default for ssh.')
    : undefined;
  return new GitError(action, said, hint);
}
