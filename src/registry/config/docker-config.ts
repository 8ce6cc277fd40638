/**
 * config.json: what `docker login` wrote, and where it asks.
 *
 * A credential is looked for with the host's own helper (`credHelpers`), else `credsStore`, else in `auths`. Keys there may
 * have a scheme and a path, and Docker Hub goes by `https://index.docker.io/v1/`. Changes keep what is not ours, and are
 * there whole or not at all, readable by their owner alone.
 * Source  docker/cli cli/config/configfile, cli/config/credentials.
 */
import {existsSync, mkdirSync, readFileSync, realpathSync, statSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {writeFileAtomic} from '../../base/atomic-file.js';
import {type ConfigObject, parseConfig, readConfigFile} from './config-file.js';
import {type Credential, isToken} from './credential.js';
import {CredentialHelper} from './credential-helper.js';
import {isHub} from './insecure-registries.js';

const HUB_KEY = 'https://index.docker.io/v1/';

export interface DockerConfigPlaces {
  /** Folder of config.json. */
  readonly folder: string;
  /** DOCKER_AUTH_CONFIG: JSON with `auths`, before the file's. */
  readonly inline?: string | undefined;
  /** Milliseconds that a program which keeps credentials may take; two minutes. */
  readonly patience?: number;
}

/** Where a credential came from, in words. */
export interface FoundCredential {
  readonly credential: Credential;
  readonly source: string;
}

export class DockerConfig {
  readonly path: string;
  readonly #file: ConfigObject | undefined;
  readonly #inline: ConfigObject | undefined;
  readonly #patience: number;

  /** Throws ConfigFileError, UnreadableConfigError. */
  constructor({folder, inline, patience = 120_000}: DockerConfigPlaces) {
    this.#patience = patience;
    this.path = join(folder, 'config.json');
    this.#file = readConfigFile(this.path);
    this.#inline = inline ? parseConfig(inline, 'DOCKER_AUTH_CONFIG') : undefined;
  }

  /** `host` is a registry's, or a key that a policy names. */
  async find(host: string): Promise<FoundCredential | undefined> {
    const inline = authIn(this.#inline, host);
    if (inline !== undefined) return {credential: inline, source: 'DOCKER_AUTH_CONFIG'};
    const helper = this.#helper(host);
    const kept = await helper?.get(serverKey(host));
    if (helper !== undefined && kept !== undefined)
      return {credential: kept, source: helper.program};
    const written = authIn(this.#file, host);
    return written === undefined ? undefined : {credential: written, source: this.path};
  }

  /** Returns where it went. */
  async store(host: string, credential: Credential): Promise<{plainText: boolean; place: string}> {
    const helper = this.#helper(host);
    if (helper !== undefined) {
      await helper.store(serverKey(host), credential);
      this.#change((auths) => ({...without(auths, host), [serverKey(host)]: {}}));
      return {plainText: false, place: helper.program};
    }
    this.#change((auths) => ({...without(auths, host), [serverKey(host)]: entryFor(credential)}));
    return {plainText: true, place: this.path};
  }

  /** Whether there was one. */
  async erase(host: string): Promise<boolean> {
    const known = (await this.find(host)) !== undefined || keyIn(this.#file, host) !== undefined;
    await this.#helper(host)?.erase(serverKey(host));
    if (keyIn(this.#file, host) !== undefined) this.#change((auths) => without(auths, host));
    return known;
  }

  #helper(host: string): CredentialHelper | undefined {
    const own = this.#file?.object('credHelpers');
    const key = own?.keys().find((each) => sameHost(each, host));
    // An empty name is none: the file.
    const name = key === undefined ? this.#file?.string('credsStore') : own?.string(key);
    return name ? new CredentialHelper(name, this.#patience) : undefined;
  }

  #change(edit: (auths: Auths) => Auths): void {
    const exists = existsSync(this.path);
    const before = exists ? rawJSON(this.path) : {};
    const auths = edit((before['auths'] ?? {}) as Auths);
    mkdirSync(dirname(this.path), {recursive: true, mode: 0o700});
    // A link stays one, and a file that of whom it belongs to.
    const target = exists ? realpathSync(this.path) : this.path;
    const owner = exists ? statSync(target) : undefined;
    const text = `${JSON.stringify({...before, auths}, null, '\t')}\n`;
    writeFileAtomic(target, text, {mode: 0o600, ...(owner && {owner})});
  }
}

type Auths = Readonly<Record<string, unknown>>;

const rawJSON = (path: string): Record<string, unknown> => {
  const text = readFileSync(path, 'utf8').trim();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
};

const without = (auths: Auths, host: string): Auths =>
  Object.fromEntries(Object.entries(auths).filter(([key]) => !sameHost(key, host)));

const entryFor = (credential: Credential): Record<string, string> => {
  const pair = (name: string, secret: string): string =>
    Buffer.from(`${name}:${secret}`).toString('base64');
  switch (credential.kind) {
    case 'password':
      return {auth: pair(credential.username, credential.password)};
    case 'identity':
      return {auth: pair(credential.username, ''), identitytoken: credential.token};
    case 'registry':
      return {registrytoken: credential.token};
  }
};

const serverKey = (host: string): string => (isHub(host) ? HUB_KEY : host);

function keyIn(file: ConfigObject | undefined, host: string): string | undefined {
  const keys = file?.object('auths')?.keys() ?? [];
  return keys.find((key) => key === serverKey(host)) ?? keys.find((key) => sameHost(key, host));
}

/** `https://host/v1/` names the same server as `host`. */
function sameHost(key: string, host: string): boolean {
  const bare = (text: string) =>
    text
      .replace(/^https?:\/\//, '')
      .replace(/\/.*$/, '')
      .toLowerCase();
  return bare(key) === bare(host) || (isHub(bare(key)) && isHub(bare(host)));
}

function authIn(file: ConfigObject | undefined, host: string): Credential | undefined {
  const key = keyIn(file, host);
  const entry = key === undefined ? undefined : file?.object('auths')?.object(key);
  if (entry === undefined) return undefined;
  const registryToken = entry.string('registrytoken');
  if (registryToken) {
    if (!isToken(registryToken)) throw entry.fault('registrytoken: want a token', 'registrytoken');
    return {kind: 'registry', token: registryToken};
  }
  const pair = pairOf(entry);
  const identity = entry.string('identitytoken');
  if (identity) return {kind: 'identity', username: pair?.username ?? '', token: identity};
  return pair === undefined ? undefined : {kind: 'password', ...pair};
}

function pairOf(entry: ConfigObject): {username: string; password: string} | undefined {
  const auth = entry.string('auth');
  if (!auth) {
    const username = entry.string('username');
    const password = entry.string('password');
    return username && password !== undefined ? {username, password} : undefined;
  }
  const text = Buffer.from(auth, 'base64').toString();
  const colon = text.indexOf(':');
  if (colon < 1) throw entry.fault('auth: want base64 of user:password', 'auth');
  // Go programs pad with NUL bytes.
  return {username: text.slice(0, colon), password: text.slice(colon + 1).replaceAll('\0', '')};
}
