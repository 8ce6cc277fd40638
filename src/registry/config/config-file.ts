/**
 * JSON that people write: every complaint has its line and column.
 *
 * Strict JSON, as docker reads it. A member that is null counts as absent.
 */
import {readFileSync} from 'node:fs';
import {
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import {ConfigFileError, type FilePlace, UnreadableConfigError} from './errors.js';

/** Bytes. */
const LIMIT = 4 * 1024 * 1024;

/** The file's object; undefined when there is no such file. Throws ConfigFileError, UnreadableConfigError. */
export function readConfigFile(path: string): ConfigObject | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new UnreadableConfigError(path, error);
  }
  return parseConfig(text, path);
}

/** `path` is what complaints name. An empty text is an empty object. */
export function parseConfig(text: string, path: string): ConfigObject {
  const source = {path, text: text.replace(/^\uFEFF/, '')};
  if (text.length > LIMIT) throw new ConfigFileError(placeOf(source, 0), 'too large');
  if (source.text.trim() === '') return new ConfigObject(source, undefined);
  const errors: ParseError[] = [];
  const root = parseTree(source.text, errors, {disallowComments: true, allowTrailingComma: false});
  const [first] = errors;
  if (first !== undefined) {
    const problem = printParseErrorCode(first.error).replaceAll(
      /(?<=.)[A-Z]/g,
      (letter) => ` ${letter}`,
    );
    throw new ConfigFileError(
      placeOf(source, first.offset),
      `want JSON, got: ${problem.toLowerCase()}`,
    );
  }
  return ConfigObject.of(source, root);
}

interface Source {
  readonly path: string;
  readonly text: string;
}

export class ConfigObject {
  readonly #source: Source;
  readonly #members: ReadonlyMap<string, Member>;

  constructor(source: Source, node: Node | undefined) {
    this.#source = source;
    this.#members = membersOf(node);
  }

  static of(source: Source, node: Node | undefined): ConfigObject {
    if (node?.type === 'object') return new ConfigObject(source, node);
    throw new ConfigFileError(
      placeOf(source, node?.offset ?? 0),
      `want an object, got ${kindOf(node)}`,
    );
  }

  get path(): string {
    return this.#source.path;
  }

  keys(): readonly string[] {
    return [...this.#members.keys()];
  }

  string(name: string): string | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (value.type === 'string') return value.value as string;
    throw this.#wanted(value, name, 'a string');
  }

  boolean(name: string): boolean | undefined {
    const value = this.#value(name);
    if (value === undefined) return undefined;
    if (value.type === 'boolean') return value.value as boolean;
    throw this.#wanted(value, name, 'true or false');
  }

  strings(name: string): readonly ConfigText[] {
    return this.#list(name).map((item) => {
      if (item.type !== 'string') throw this.#wanted(item, name, 'a list of strings');
      return {text: item.value as string, fault: this.#fault(item.offset)};
    });
  }

  /** Members of an object whose names are not known: hosts. */
  entries(name: string): readonly (readonly [string, ConfigObject])[] {
    const object = this.object(name);
    return (object?.keys() ?? []).flatMap((key) => {
      const entry = object?.object(key);
      return entry === undefined ? [] : [[key, entry] as const];
    });
  }

  object(name: string): ConfigObject | undefined {
    const value = this.#value(name);
    return value === undefined ? undefined : ConfigObject.of(this.#source, value);
  }

  /** Strings and objects of a list, which stand for the same thing in short and in full. */
  items(name: string): readonly (ConfigText | ConfigObject)[] {
    return this.#list(name).map((item) =>
      item.type === 'string'
        ? {text: item.value as string, fault: this.#fault(item.offset)}
        : ConfigObject.of(this.#source, item),
    );
  }

  /** What is misspelt must not be lost. */
  refuseOthers(known: readonly string[]): void {
    const other = this.keys().find((key) => !known.includes(key));
    if (other === undefined) return;
    throw this.fault(`want ${known.join(' or ')}, got ${JSON.stringify(other)}`, other);
  }

  /** Of a list. */
  objects(name: string): readonly ConfigObject[] {
    return this.#list(name).map((item) => ConfigObject.of(this.#source, item));
  }

  /** A complaint about a member, or about the object when it has no such member. */
  fault(problem: string, name?: string): ConfigFileError {
    const offset = name === undefined ? 0 : (this.#members.get(name)?.key.offset ?? 0);
    return this.#fault(offset)(problem);
  }

  #list(name: string): readonly Node[] {
    const value = this.#value(name);
    if (value === undefined) return [];
    if (value.type === 'array') return value.children ?? [];
    throw this.#wanted(value, name, 'a list');
  }

  #value(name: string): Node | undefined {
    const value = this.#members.get(name)?.value;
    return value?.type === 'null' ? undefined : value;
  }

  readonly #fault =
    (offset: number) =>
    (problem: string): ConfigFileError =>
      new ConfigFileError(placeOf(this.#source, offset), problem);

  #wanted(node: Node, name: string, want: string): ConfigFileError {
    return this.#fault(node.offset)(`${name}: want ${want}, got ${kindOf(node)}`);
  }
}

export interface ConfigText {
  readonly text: string;
  /** The complaint about it, with its place. */
  readonly fault: (problem: string) => ConfigFileError;
}

interface Member {
  readonly key: Node;
  readonly value: Node;
}

function membersOf(node: Node | undefined): ReadonlyMap<string, Member> {
  return new Map(
    (node?.children ?? []).flatMap(({children: [key, value] = []}) =>
      key === undefined || value === undefined ? [] : [[String(key.value), {key, value}] as const],
    ),
  );
}

const kindOf = (node: Node | undefined): string =>
  node === undefined ? 'nothing' : `${JSON.stringify(getNodeValue(node))}`.slice(0, 60);

function placeOf({path, text}: Source, offset: number): FilePlace {
  const before = text.slice(0, offset).split('\n');
  return {path, line: before.length, column: (before.at(-1)?.length ?? 0) + 1};
}
