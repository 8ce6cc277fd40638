/**
 * Reads JSON written by others into types that cannot be wrong.
 *
 * A member that is null counts as absent, as Go's encoding/json writes and reads it; members nobody asks for are ignored,
 * as OCI image-spec v1.1.1 wants of every reader. Throws InvalidDocumentError naming the place.
 */
import {type Digest, isDigest} from './digest.js';
import {InvalidDocumentError} from './errors.js';

/** Most entries read of any list or map: more is an attack, not an image. */
const MOST_ENTRIES = 100_000;

/** An object. `limit` in bytes is checked before parsing. */
export const parseJSON = (data: Uint8Array, name: string, limit: number): Fields =>
  Fields.of(parse(data, name, limit), name);

/** A list of objects. */
export const parseJSONList = (data: Uint8Array, name: string, limit: number): readonly Fields[] =>
  Fields.of({list: parse(data, name, limit)}, name).objects('list');

function parse(data: Uint8Array, name: string, limit: number): unknown {
  if (data.byteLength > limit) {
    throw new InvalidDocumentError(name, `want at most ${limit} bytes, got ${data.byteLength}`);
  }
  try {
    return JSON.parse(Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString());
  } catch (cause) {
    throw new InvalidDocumentError(name, 'want JSON', cause);
  }
}

export class Fields {
  readonly place: string;
  readonly #members: Readonly<Record<string, unknown>>;

  private constructor(members: Readonly<Record<string, unknown>>, place: string) {
    this.#members = members;
    this.place = place;
  }

  static of(value: unknown, place: string): Fields {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wanted(place, 'an object', value);
    }
    return new Fields(value as Record<string, unknown>, place);
  }

  has(name: string): boolean {
    return this.#read(name) !== undefined;
  }

  string(name: string): string {
    return this.optionalString(name) ?? this.#missing(name);
  }

  optionalString(name: string): string | undefined {
    const value = this.#read(name);
    if (value === undefined || typeof value === 'string') return value;
    throw wanted(this.#at(name), 'a string', value);
  }

  digest(name: string): Digest {
    return digestIn(this.string(name), this.#at(name));
  }

  optionalDigest(name: string): Digest | undefined {
    const text = this.optionalString(name);
    return text === undefined ? undefined : digestIn(text, this.#at(name));
  }

  /** A count of bytes or things: whole, not negative, exact. */
  size(name: string): number {
    return sizeIn(this.#read(name), this.#at(name));
  }

  /** Absent is empty. */
  sizes(name: string): readonly number[] {
    return (this.#list(name) ?? []).map((value, index) =>
      sizeIn(value, `${this.#at(name)}[${index}]`),
    );
  }

  optionalInteger(name: string): number | undefined {
    const value = this.#read(name);
    if (value === undefined || (typeof value === 'number' && Number.isInteger(value))) return value;
    throw wanted(this.#at(name), 'a whole number', value);
  }

  optionalBoolean(name: string): boolean | undefined {
    const value = this.#read(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw wanted(this.#at(name), 'true or false', value);
  }

  object(name: string): Fields {
    return this.optionalObject(name) ?? this.#missing(name);
  }

  optionalObject(name: string): Fields | undefined {
    const value = this.#read(name);
    return value === undefined ? undefined : Fields.of(value, this.#at(name));
  }

  /** Absent is empty. */
  objects(name: string): readonly Fields[] {
    return (this.#list(name) ?? []).map((value, index) =>
      Fields.of(value, `${this.#at(name)}[${index}]`),
    );
  }

  strings(name: string): readonly string[] | undefined {
    return this.#list(name)?.map((value, index) => {
      if (typeof value === 'string') return value;
      throw wanted(`${this.#at(name)}[${index}]`, 'a string', value);
    });
  }

  /** Absent is empty. */
  digests(name: string): readonly Digest[] {
    return (this.strings(name) ?? []).map((text, index) =>
      digestIn(text, `${this.#at(name)}[${index}]`),
    );
  }

  stringMap(name: string): Readonly<Record<string, string>> | undefined {
    return this.#map(name, (value, place) => {
      if (typeof value === 'string') return value;
      throw wanted(place, 'a string', value);
    });
  }

  /** Go's `map[string]struct{}`: only the names matter. */
  nameSet(name: string): Readonly<Record<string, Record<string, never>>> | undefined {
    return this.#map(name, () => ({}));
  }

  #map<Value>(name: string, read: (value: unknown, place: string) => Value) {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    const place = this.#at(name);
    if (typeof value !== 'object' || Array.isArray(value)) throw wanted(place, 'an object', value);
    const entries = Object.entries(value as object);
    if (entries.length > MOST_ENTRIES) throw tooMany(place, entries.length);
    return Object.fromEntries(entries.map(([key, each]) => [key, read(each, `${place}.${key}`)]));
  }

  #list(name: string): readonly unknown[] | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw wanted(this.#at(name), 'a list', value);
    if (value.length > MOST_ENTRIES) throw tooMany(this.#at(name), value.length);
    return value;
  }

  #read(name: string): unknown {
    return Object.hasOwn(this.#members, name) ? (this.#members[name] ?? undefined) : undefined;
  }

  #at(name: string): string {
    return `${this.place}.${name}`;
  }

  #missing(name: string): never {
    throw new InvalidDocumentError(this.#at(name), 'want a value, got nothing');
  }
}

function digestIn(text: string, place: string): Digest {
  if (!isDigest(text)) throw wanted(place, 'sha256 and 64 hexadecimal digits', text);
  return text;
}

function sizeIn(value: unknown, place: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw wanted(place, 'a whole number from 0', value);
}

function wanted(place: string, want: string, got: unknown): InvalidDocumentError {
  const text = got === undefined ? 'nothing' : JSON.stringify(got);
  return new InvalidDocumentError(place, `want ${want}, got ${text.slice(0, 100)}`);
}

const tooMany = (place: string, count: number): InvalidDocumentError =>
  new InvalidDocumentError(place, `want at most ${MOST_ENTRIES} entries, got ${count}`);
