/** What a build's flags give to its RUN steps. */
import {parseSize} from '../../../base/parse-size.js';
import {type ExtraHost, parseExtraHost} from '../../../sandbox/hosts.js';
import type {RunSettings} from '../../../solver/executors/run-settings.js';
import {InvalidOptionError} from '../../errors.js';
import {agentsOf, type BuildAgents} from './agent-option.js';
import {limitsOf} from './limit-option.js';
import {secretsOf} from './secret-option.js';

/** The shapes are docker's flags. */
export interface RunOptions {
  /** `id=NAME[,src=FILE|,env=VARIABLE]`. */
  readonly secrets?: readonly string[];
  /** `ID[=SOCKET|KEY[,KEY]]`. */
  readonly ssh?: readonly string[];
  /** `name:address` or `name=address`; `host-gateway` is the machine itself. */
  readonly addHosts?: readonly string[];
  /** `type=soft[:hard]`. */
  readonly ulimits?: readonly string[];
  /** Of /dev/shm, like `64m`. */
  readonly shmSize?: string;
}

export interface BuildRunSettings extends RunSettings, AsyncDisposable {
  readonly agents: BuildAgents;
}

/** Throws InvalidOptionError, InvalidRunOptionError. Dispose when the steps are done. */
export function runSettings(options: RunOptions, env: NodeJS.ProcessEnv): BuildRunSettings {
  const agents = agentsOf(options.ssh ?? [], {env});
  return {
    secrets: secretsOf(options.secrets ?? [], {env}),
    agents,
    hosts: (options.addHosts ?? []).map(parseHost),
    limits: limitsOf(options.ulimits ?? []),
    shmSize: options.shmSize === undefined ? undefined : shmSize(options.shmSize),
    [Symbol.asyncDispose]: () => agents[Symbol.asyncDispose](),
  };
}

/** A step has the machine's own network, so the machine is reached at its loopback address. */
const parseHost = (text: string): ExtraHost => parseExtraHost(text, '127.0.0.1');

function shmSize(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new InvalidOptionError(
    '--shm-size',
    `want a size such as 64m, got ${JSON.stringify(text)}`,
  );
}
