/** What a request says to the frontend. */
import type {LowerInput} from '../../frontend/lower.js';
import {hostPlatform, platformOrHost} from '../../oci/platform.js';
import {patternsOf} from '../context/ignore-file.js';
import {defaultProxies} from '../machine/default-proxies.js';
import {keyedValues, labels} from './build-arguments.js';
import type {Defining} from './build-executor.js';
import type {BuildRequest} from './build-request.js';
import {entitlementsOf} from './run-options/allow-option.js';

export async function lowerInput(
  request: BuildRequest,
  {context, named, runs, images}: Defining,
): Promise<LowerInput> {
  const {env} = process;
  const {buildArgs = []} = request;
  const entries = [...(await defaultProxies(buildArgs, env)), 'SOURCE_DATE_EPOCH', ...buildArgs];
  return {
    text: context.dockerfile.text,
    target: request.target,
    buildArgs: keyedValues(entries, {option: '--build-arg', env}),
    labels: labels(request.labels ?? []),
    platform: platformOrHost(request.platform),
    buildPlatform: hostPlatform(),
    network: request.network,
    allowed: entitlementsOf(request.allow ?? [], request.network),
    extraHosts: runs.hosts.map(({name}) => name),
    freshStages: request.noCacheFilter,
    resolveImage: images.resolve,
    ignore: patternsOf(context.ignore),
    contexts: named.replacements,
    contextTime: context.time,
  };
}
