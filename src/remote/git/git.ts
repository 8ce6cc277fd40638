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
import {ownSSH, strangersSSH} from './ssh-command.js';

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
    GIT_SSH_COMMAND: network?.asUser ? ownSSH() : strangersSSH(),
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
  const own = lines.findLastIndex((line) => /^(fatal|error|remote): /.test(line));
  const important =
    own === -1
      ? lines.slice(-1)
      : lines.slice(VAGUE.test(lines[own] ?? '') ? own - 1 : own, own + 1);
  const said = redacted(important.join(' ') || 'failed without a word');
  return new GitError(action, said, hintFor(told, network?.asUser === true));
}

/** What git says when ssh failed: why, ssh said before. */
const VAGUE = /^fatal: Could not read from remote repository/;

function hintFor(told: string, asUser: boolean): string | undefined {
  if (/Host key verification failed/.test(told)) {
    return 'Ask whether the host got a new key; if it did, forget the old one with ssh-keygen -R HOST.';
  }
  if (/Permission denied \(/.test(told)) {
    return asUser
      ? 'Load a key into the ssh agent, or name one in ~/.ssh/config.'
      : 'Give the build a key: --ssh default for those of your agent, --ssh default=FILE for a file.';
  }
  if (!/could not read Username|Authentication failed/.test(told)) return undefined;
  const token = 'the build a secret GIT_AUTH_TOKEN';
  return asUser ? `Give git a credential helper, or ${token}.` : `Give ${token}.`;
}
