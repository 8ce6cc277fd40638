/**
 * registries.json, beside daemon.json: what docker's own configuration cannot say.
 *
 *   {"registries": {"ghcr.io": {
 *     "mirrors": ["http://10.24.2.30:5000", {"url": "https://mirror.example/ghcr", "credential": "mirror.example"}],
 *     "fallback": "never"}}}
 *
 * mirrors     of any registry, in order, before those of daemon.json for docker.io
 * credential  the entry of config.json that a mirror is shown; by default that of the mirror's own host
 * fallback    `never`: when no mirror has it the registry itself is not asked
 */
import {ConfigObject, readConfigFile} from './config-file.js';
import {type MirrorURL, parseMirror} from './mirror-url.js';

interface PolicyMirror {
  readonly mirror: MirrorURL;
  /** Key in config.json. */
  readonly credential: string;
}

interface RegistryRule {
  readonly mirrors: readonly PolicyMirror[];
  readonly fallback: 'always' | 'never';
}

export interface RegistryPolicy {
  /** Undefined when there is no file. */
  readonly path: string | undefined;
  readonly rules: ReadonlyMap<string, RegistryRule>;
}

const NO_POLICY: RegistryPolicy = {path: undefined, rules: new Map()};

/** Throws ConfigFileError, UnreadableConfigError. */
export function readRegistryPolicy(path: string): RegistryPolicy {
  const file = readConfigFile(path);
  if (file === undefined) return NO_POLICY;
  file.refuseOthers(['registries']);
  const rules = file
    .entries('registries')
    .map(([host, rule]) => [host.toLowerCase(), ruleOf(rule)] as const);
  return {path, rules: new Map(rules)};
}

function ruleOf(rule: ConfigObject): RegistryRule {
  rule.refuseOthers(['mirrors', 'fallback']);
  const fallback = rule.string('fallback') ?? 'always';
  if (fallback !== 'always' && fallback !== 'never') {
    throw rule.fault(`fallback: want always or never, got ${JSON.stringify(fallback)}`, 'fallback');
  }
  return {mirrors: rule.items('mirrors').map(mirrorOf), fallback};
}

function mirrorOf(item: ReturnType<ConfigObject['items']>[number]): PolicyMirror {
  if (!(item instanceof ConfigObject)) {
    const mirror = parseMirror(item);
    return {mirror, credential: mirror.host};
  }
  item.refuseOthers(['url', 'credential']);
  const text = item.string('url');
  if (text === undefined) throw item.fault('want a mirror with a url, got none');
  const mirror = parseMirror({text, fault: (problem) => item.fault(problem, 'url')});
  return {mirror, credential: item.string('credential') ?? mirror.host};
}
