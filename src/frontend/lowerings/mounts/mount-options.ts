/**
 * The fields of a RUN --mount, expanded and read: what was written, by docker's names and their aliases.
 *
 * Throws  InvalidValueError with the flag's place, and the nearest name for one that is unknown.
 * Source  buildkit v0.26 instructions/commands_runmount.go.
 */
import {parseSize} from '../../../base/parse-size.js';
import {didYouMean} from '../../../dockerfile/did-you-mean.js';
import type {MountField, MountFlag} from '../../../dockerfile/mount-flag.js';
import {InvalidValueError} from '../../errors.js';

const types = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const;
const sharings = ['shared', 'private', 'locked'] as const;

type MountType = (typeof types)[number];

export interface MountOptions {
  readonly type: MountType;
  readonly source?: string;
  readonly target?: string;
  /** `ro` or `rw`, when written. */
  readonly readonly?: boolean;
  readonly id?: string;
  readonly sharing?: (typeof sharings)[number];
  readonly required?: boolean;
  readonly size?: number;
  readonly env?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

type Option = Exclude<keyof MountOptions, 'type'>;

/** Docker's names for each, the first in messages. */
const names: Readonly<Record<Option | 'type' | 'from' | 'readwrite', readonly string[]>> = {
  type: ['type'],
  from: ['from'],
  source: ['source', 'src'],
  target: ['target', 'dst', 'destination'],
  readonly: ['readonly', 'ro'],
  readwrite: ['readwrite', 'rw'],
  id: ['id'],
  sharing: ['sharing'],
  required: ['required'],
  size: ['size'],
  env: ['env'],
  mode: ['mode'],
  uid: ['uid'],
  gid: ['gid'],
};

/** Options that some types refuse, with those that take them. What else means nothing to a type is let pass, as docker does. */
const takers: Readonly<Partial<Record<Option | 'from', readonly MountType[]>>> = {
  from: ['bind', 'cache', 'tmpfs', 'ssh'],
  source: ['bind', 'cache', 'tmpfs', 'secret'],
  sharing: ['cache'],
  size: ['tmpfs'],
  required: ['secret', 'ssh'],
  mode: ['cache', 'secret', 'ssh'],
  uid: ['cache', 'secret', 'ssh'],
  gid: ['cache', 'secret', 'ssh'],
};

export function readMountOptions(flag: MountFlag, expand: (word: string) => string): MountOptions {
  const fail = (what: string, hint?: string): never => {
    throw new InvalidValueError(`--mount: ${what}`, flag.place, hint);
  };
  const read: {type: MountType} = {type: 'bind'};
  for (const field of flag.fields) Object.assign(read, readField(field, {expand, fail}));
  const written = [...Object.keys(read), ...(flag.from === undefined ? [] : ['from'])];
  for (const option of written as (Option | 'from')[]) {
    if (takers[option]?.includes(read.type) === false) {
      fail(`a mount of type ${read.type} takes no ${option}`);
    }
  }
  return read;
}

interface Reading {
  readonly expand: (word: string) => string;
  readonly fail: (what: string, hint?: string) => never;
}

function readField({key, value}: MountField, {expand, fail}: Reading): Partial<MountOptions> {
  const option = optionOf(key);
  if (option === undefined) {
    const known = Object.values(names).flat();
    return fail(`unknown option ${JSON.stringify(key)}${didYouMean(key, known)}`);
  }
  if (option === 'from') return {};
  if (value === undefined && !(option in flags)) {
    return fail(`${key} needs a value`, `Write ${key}=VALUE.`);
  }
  const text = value === undefined ? 'true' : expand(value);
  const result = readers[option](text);
  const {want} = result;
  if (want !== undefined) {
    const near = result.choices === undefined ? '' : didYouMean(text, result.choices);
    return fail(`invalid ${key}: want ${want}, got ${JSON.stringify(text)}${near}`);
  }
  return result.options;
}

const optionOf = (key: string): keyof typeof names | undefined =>
  (Object.keys(names) as (keyof typeof names)[]).find((option) => names[option].includes(key));

type Read =
  | {readonly options: Partial<MountOptions>; readonly want?: never; readonly choices?: never}
  | {readonly want: string; readonly choices?: readonly string[]};

type Reader = (text: string) => Read;

const text =
  (option: Option): Reader =>
  (value) => ({options: {[option]: value}});

const choice =
  (option: Option | 'type', choices: readonly string[]): Reader =>
  (value) => {
    const found = choices.find((each) => each === value.toLowerCase());
    return found === undefined ? {want: choices.join(', '), choices} : {options: {[option]: found}};
  };

const number =
  (option: Option, base: 8 | 10): Reader =>
  (value) => {
    const digits = base === 8 ? /^[0-7]{1,11}$/ : /^\d{1,10}$/;
    const read = digits.test(value) ? Number.parseInt(value, base) : Number.NaN;
    const fits = base === 8 ? read <= 0o7777 : read < 2 ** 32;
    return fits
      ? {options: {[option]: read}}
      : {want: base === 8 ? 'an octal mode up to 7777' : 'a number below 4294967296'};
  };

const truth =
  (option: Option, meaning: boolean): Reader =>
  (value) => {
    if (/^(1|t|true)$/i.test(value)) return {options: {[option]: meaning}};
    if (/^(0|f|false)$/i.test(value)) return {options: {[option]: !meaning}};
    return {want: 'true or false'};
  };

const size: Reader = (value) => {
  const bytes = parseSize(value);
  return bytes === undefined ? {want: 'a size such as 64m'} : {options: {size: bytes}};
};

const flags = {
  readonly: truth('readonly', true),
  readwrite: truth('readonly', false),
  required: truth('required', true),
};

const readers: Readonly<Record<Exclude<keyof typeof names, 'from'>, Reader>> = {
  ...flags,
  type: choice('type', types),
  source: text('source'),
  target: text('target'),
  id: text('id'),
  sharing: choice('sharing', sharings),
  size,
  env: text('env'),
  mode: number('mode', 8),
  uid: number('uid', 10),
  gid: number('gid', 10),
};
