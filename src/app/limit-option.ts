import {didYouMean} from '../dockerfile/did-you-mean.js';
import {RESOURCE_LIMITS} from '../linux/resource-limits.js';
import type {ResourceLimit} from '../oci/runtime-spec.js';
import {InvalidOptionError} from './errors.js';

/** `nofile`, as docker names them. */
const NAMES = Object.keys(RESOURCE_LIMITS).map((type) =>
  type.slice('RLIMIT_'.length).toLowerCase(),
);

/**
 * `--ulimit`: `type=soft[:hard]`; -1 is no limit. Of equal types the last holds.
 *
 * Source  docker's reference for `docker run --ulimit`; docker/go-units ulimit.go.
 */
export function limitsOf(texts: readonly string[]): ResourceLimit[] {
  const limits = texts.map(parseLimit);
  return limits.filter(
    ({type}, index) => limits.findLastIndex((each) => each.type === type) === index,
  );
}

function parseLimit(text: string): ResourceLimit {
  const [, name = '', soft = '', hard = soft] = /^([^=]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
  if (name === '') throw invalid(`want TYPE=SOFT[:HARD], got ${JSON.stringify(text)}`);
  if (!NAMES.includes(name)) {
    throw invalid(`unknown type ${JSON.stringify(name)}${didYouMean(name, NAMES)}`);
  }
  const limit = {type: `RLIMIT_${name.toUpperCase()}`, soft: value(soft), hard: value(hard)};
  if (limit.soft > limit.hard) {
    throw invalid(`the soft limit is above the hard limit in ${JSON.stringify(text)}`);
  }
  return limit;
}

function value(text: string): number {
  const number = Number(text);
  if (number < -1) throw invalid(`want a number, or -1 for no limit, got ${text}`);
  return number === -1 ? Number.POSITIVE_INFINITY : number;
}

const invalid = (problem: string): InvalidOptionError =>
  new InvalidOptionError('--ulimit', problem);
