/**
 * certs.d/HOST:PORT/hosts.toml: the places that serve what a registry has, in order, each with what it may be asked for and how it is
 * reached; at last `server`, by default the registry itself, whose settings are those outside of any `[host]`.
 *
 * The first folder of HOST_PORT_, HOST:PORT and _default counts, with hosts.toml in it or not.
 * Source  containerd docs/hosts.md.
 */
import {existsSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {parse, TomlError, type TomlTable} from 'smol-toml';
import {parseDuration} from '../../base/duration.js';
import type {Trust} from '../../http/trust.js';
import {ConfigFileError} from './errors.js';
import {type MirrorURL, parseMirror} from './mirror-url.js';
import {readAuthority, readConfigText, readIdentity} from './pem.js';

const CAPABILITIES = ['pull', 'resolve', 'push'] as const;
export type Capability = (typeof CAPABILITIES)[number];

export interface ServingHost {
  /** Undefined is the registry itself. */
  readonly url: MirrorURL | undefined;
  readonly can: ReadonlySet<Capability>;
  /** The API's root is the path of the URL, without `/v2`. */
  readonly overridesPath: boolean;
  readonly skipVerify: boolean;
  /** Undefined where the file names none. */
  readonly certificates: Pick<Trust, 'authorities' | 'identities'> | undefined;
  /** Of every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly connectTimeout: number | undefined;
  readonly proxy: URL | undefined;
}

export interface HostsFile {
  readonly path: string;
  readonly hosts: readonly ServingHost[];
  readonly server: ServingHost;
}

/** Bytes. */
const LIMIT = 1 << 20;

const SETTINGS = [
  ...['capabilities', 'ca', 'client', 'skip_verify', 'header', 'override_path'],
  ...['dial_timeout', 'proxy'],
];

/** Undefined when nobody says anything of the host. Throws ConfigFileError, UnreadableConfigError, CertificateFolderError. */
export function readHostsFile(host: string, folders: readonly string[]): HostsFile | undefined {
  const names = [host.replace(/:(\d+)$/, '_$1_'), host, '_default'];
  const folder = folders
    .flatMap((each) => names.map((name) => join(each, name)))
    .find((each) => existsSync(each));
  const path = folder && join(folder, 'hosts.toml');
  return path !== undefined && existsSync(path) ? hostsIn(readConfigText(path), path) : undefined;
}

function hostsIn(text: string, path: string): HostsFile {
  const root = new Settings(parsed(text, path), {path, text, table: undefined});
  root.refuseOthers([...SETTINGS, 'server', 'host']);
  const server = root.string('server');
  const hosts = root.tables('host').map(([url, settings]) => {
    settings.refuseOthers(SETTINGS);
    return hostOf(settings.url(url), settings);
  });
  return {path, hosts, server: hostOf(server === undefined ? undefined : root.url(server), root)};
}

function hostOf(url: MirrorURL | undefined, settings: Settings): ServingHost {
  const named = settings.strings('capabilities') ?? CAPABILITIES;
  const can = named.map((name) => settings.oneOf('capabilities', name, CAPABILITIES));
  const authorities = settings.strings('ca')?.map((path) => settings.authority(path));
  const identities = settings.pairs('client')?.map((pair) => settings.identity(pair));
  const hasNone = authorities === undefined && identities === undefined;
  return {
    url,
    can: new Set(can),
    overridesPath: settings.boolean('override_path') ?? false,
    skipVerify: settings.boolean('skip_verify') ?? false,
    certificates: hasNone
      ? undefined
      : {authorities: authorities ?? [], identities: identities ?? []},
    headers: settings.headers('header'),
    connectTimeout: settings.milliseconds('dial_timeout'),
    proxy: settings.proxy('proxy'),
  };
}

function parsed(text: string, path: string): TomlTable {
  if (text.length > LIMIT) throw new ConfigFileError({path, line: 1, column: 1}, 'too large');
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [problem = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    throw new ConfigFileError(
      {path, line: error.line, column: error.column},
      `want TOML, got: ${problem}`,
    );
  }
}

interface Where {
  readonly path: string;
  readonly text: string;
  /** Of `[host."…"]`; undefined before the first. */
  readonly table: string | undefined;
}

/** A table of settings, whose complaints have a line. */
class Settings {
  readonly #values: TomlTable;
  readonly #where: Where;

  constructor(values: TomlTable, where: Where) {
    this.#values = values;
    this.#where = where;
  }

  refuseOthers(known: readonly string[]): void {
    const other = Object.keys(this.#values).find((key) => !known.includes(key));
    if (other !== undefined) throw this.#fault(other, `want ${known.join(', ')}`, other);
  }

  string(key: string): string | undefined {
    return this.#of(key, 'a string', (value) => (typeof value === 'string' ? value : undefined));
  }

  boolean(key: string): boolean | undefined {
    return this.#of(key, 'true or false', (value) =>
      typeof value === 'boolean' ? value : undefined,
    );
  }

  /** One string stands for a list of it. */
  strings(key: string): readonly string[] | undefined {
    return this.#of(key, 'a string or a list of strings', (value) => {
      const list = typeof value === 'string' ? [value] : value;
      return isStrings(list) ? list : undefined;
    });
  }

  /** Of a certificate and its key; one that is alone holds both. */
  pairs(key: string): readonly (readonly [string, string])[] | undefined {
    return this.#of(key, 'a path, paths, or pairs of paths', (value) => {
      const list = (Array.isArray(value) ? value : [value]).map((each) =>
        typeof each === 'string' ? [each, ''] : each,
      );
      return list.every((pair) => isStrings(pair) && pair.length === 2)
        ? (list as [string, string][])
        : undefined;
    });
  }

  headers(key: string): Readonly<Record<string, string>> {
    const read = (value: unknown) => {
      if (typeof value !== 'object' || value === null) return undefined;
      const entries = Object.entries(value).map(([name, text]) => [name, [text].flat()] as const);
      const isText = entries.every(([name, texts]) => isStrings(texts) && isHeader(name, texts));
      return isText
        ? Object.fromEntries(entries.map(([name, texts]) => [name, texts.join(', ')]))
        : undefined;
    };
    return this.#of(key, 'a table of headers', read) ?? {};
  }

  milliseconds(key: string): number | undefined {
    return this.#of(key, 'a duration above 0, such as 1s', (value) => {
      const nanoseconds = typeof value === 'string' ? parseDuration(value) : undefined;
      return nanoseconds !== undefined && nanoseconds > 0 ? nanoseconds / 1e6 : undefined;
    });
  }

  proxy(key: string): URL | undefined {
    return this.#of(key, 'the address of a proxy by http or https', (value) => {
      if (typeof value !== 'string' || !/^https?:\/\//.test(value)) return undefined;
      return URL.canParse(value) ? new URL(value) : undefined;
    });
  }

  tables(key: string): readonly (readonly [string, Settings])[] {
    const found = this.#of(key, 'tables', (value) => (isTable(value) ? value : undefined));
    return Object.entries(found ?? {}).map(([name, value]) => {
      if (!isTable(value)) throw this.#fault(name, 'want a table', value);
      return [name, new Settings(value, {...this.#where, table: name})] as const;
    });
  }

  url(text: string): MirrorURL {
    const fault = (problem: string) => new ConfigFileError(this.#place(text), problem);
    return parseMirror({text: text.includes('://') ? text : `https://${text}`, fault});
  }

  oneOf<Choice extends string>(key: string, text: string, choices: readonly Choice[]): Choice {
    const choice = choices.find((each) => each === text.toLowerCase());
    if (choice === undefined) throw this.#fault(key, `want ${choices.join(', ')}`, text);
    return choice;
  }

  authority(path: string): string {
    return readAuthority(this.#resolve(path));
  }

  identity([cert, key]: readonly [string, string]): {cert: string; key: string} {
    return readIdentity(this.#resolve(cert), this.#resolve(key === '' ? cert : key));
  }

  #resolve(path: string): string {
    return resolve(dirname(this.#where.path), path);
  }

  #of<Out>(key: string, want: string, read: (value: unknown) => Out | undefined): Out | undefined {
    const value = this.#values[key];
    if (value === undefined) return undefined;
    const out = read(value);
    if (out === undefined) throw this.#fault(key, `${key}: want ${want}`, value);
    return out;
  }

  #fault(key: string, want: string, got: unknown): ConfigFileError {
    const text = JSON.stringify(got) ?? String(got);
    return new ConfigFileError(this.#place(key), `${want}, got ${text.slice(0, 60)}`);
  }

  /** Where the table says the word first. */
  #place(word: string): ConfigFileError['place'] {
    const {path, text, table} = this.#where;
    const lines = text.split('\n');
    const start = table === undefined ? 0 : lines.findIndex((line) => line.includes(table));
    const below = lines.slice(Math.max(0, start)).findIndex((line) => line.includes(word));
    const line = Math.max(0, start) + Math.max(0, below);
    return {path, line: line + 1, column: Math.max(0, lines[line]?.indexOf(word) ?? 0) + 1};
  }
}

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

const isTable = (value: unknown): value is TomlTable =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

const isHeader = (name: string, texts: readonly string[]): boolean =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
  texts.every((text) => /^[\t\x20-\x7e\x80-\xff]*$/.test(text));
