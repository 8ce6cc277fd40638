/**
 * `--secret`: `id=NAME[,src=FILE|,env=VARIABLE]` as a line of CSV.
 *
 * With neither, a variable of that name wins over a file of that name. A file is read when a step asks for it.
 * Source  docker buildx build's reference, --secret; buildkit session/secrets/secretsprovider.
 */
import {readFileSync, statSync} from 'node:fs';
import {csvFields} from '../../../base/csv-fields.js';
import {didYouMean} from '../../../dockerfile/did-you-mean.js';
import type {Secrets} from '../../../solver/executors/run-settings.js';
import {InvalidOptionError} from '../../errors.js';

/** Bytes: docker's limit. */
const LARGEST = 500 * 1024;

type SecretSource = {readonly file: string} | {readonly variable: string};

export interface SecretEnvironment {
  readonly env: NodeJS.ProcessEnv;
}

/** Throws InvalidOptionError. */
export function secretsOf(texts: readonly string[], {env}: SecretEnvironment): Secrets {
  const sources = new Map(texts.map((text) => parseSecret(text, env)));
  for (const source of sources.values()) if ('file' in source) checkFile(source.file);
  return {
    read(id) {
      const source = sources.get(id);
      if (source === undefined) return undefined;
      if ('variable' in source) return checkedSize(Buffer.from(env[source.variable] ?? ''), id);
      checkFile(source.file);
      return readFileSync(source.file);
    },
  };
}

function parseSecret(text: string, env: NodeJS.ProcessEnv): [id: string, source: SecretSource] {
  const fields = csvFields(text);
  if (fields === undefined) throw invalid(`want CSV, got ${JSON.stringify(text)}`);
  const values = Object.fromEntries(fields.map(readField));
  const {id = '', type, src = '', env: variable = ''} = values;
  if (id === '') throw invalid(`want id=NAME, got ${JSON.stringify(text)}`);
  if (type !== undefined && type !== 'file' && type !== 'env') {
    throw invalid(`unsupported type ${JSON.stringify(type)}: want file or env`);
  }
  if (variable !== '') return [id, {variable}];
  if (src !== '') return [id, type === 'env' ? {variable: src} : {file: src}];
  return [id, env[id] === undefined ? {file: id} : {variable: id}];
}

const NAMES: Readonly<Record<string, string>> = {
  id: 'id',
  type: 'type',
  src: 'src',
  source: 'src',
  env: 'env',
};

function readField(field: string): [name: string, value: string] {
  const equals = field.indexOf('=');
  if (equals === -1) {
    throw invalid(`want id=NAME[,src=FILE|,env=VARIABLE], got ${JSON.stringify(field)}`);
  }
  const written = field.slice(0, equals).toLowerCase();
  const name = Object.hasOwn(NAMES, written) ? NAMES[written] : undefined;
  if (name === undefined) {
    throw invalid(`unknown ${JSON.stringify(written)}${didYouMean(written, Object.keys(NAMES))}`);
  }
  return [name, field.slice(equals + 1)];
}

function checkFile(path: string): void {
  let size: number;
  try {
    size = statSync(path).size;
  } catch (cause) {
    throw new InvalidOptionError('--secret', `the file ${path} cannot be read`, cause);
  }
  if (size > LARGEST) throw tooLarge(path, size);
}

function checkedSize(value: Buffer, id: string): Buffer {
  if (value.length > LARGEST) throw tooLarge(id, value.length);
  return value;
}

const tooLarge = (what: string, got: number): InvalidOptionError =>
  invalid(`${what} is too large: want at most ${LARGEST} bytes, got ${got}`);

const invalid = (problem: string): InvalidOptionError =>
  new InvalidOptionError('--secret', problem);
