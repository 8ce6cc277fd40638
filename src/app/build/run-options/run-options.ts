/** What a build's flags give to its RUN steps. */
import type {RunSettings} from '../../../solver/executors/run-settings.js';
import {type ProcessOptions, processSettings} from '../../process-options.js';
import {agentsOf, type BuildAgents} from './agent-option.js';
import {secretsOf} from './secret-option.js';

/** The shapes are docker's flags. */
export interface RunOptions extends ProcessOptions {
  /** `id=NAME[,src=FILE|,env=VARIABLE]`. */
  readonly secrets?: readonly string[];
  /** `ID[=SOCKET|KEY[,KEY]]`. */
  readonly ssh?: readonly string[];
}

export interface BuildRunSettings extends RunSettings, AsyncDisposable {
  readonly agents: BuildAgents;
}

/** Throws InvalidOptionError, InvalidRunOptionError. Dispose when the steps are done. */
export function runSettings(options: RunOptions, env: NodeJS.ProcessEnv): BuildRunSettings {
  const agents = agentsOf(options.ssh ?? [], {env});
  return {
    ...processSettings(options),
    secrets: secretsOf(options.secrets ?? [], {env}),
    agents,
    [Symbol.asyncDispose]: () => agents[Symbol.asyncDispose](),
  };
}
