/**
 * What an instruction may have been meant to say, for the day its step fails: what is written is right by the language, but
 * seldom what its author wanted. One hint, the most telling one, or undefined.
 */
import type {CommandLine} from '../dockerfile/instruction.js';
import {isRemote} from './fetched-source.js';
import type {Transfer} from './lowerings/copy-source.js';

const FLAGS = 'Flags begin with two dashes, and stand before everything else';

interface Values {
  /** Expanded. */
  readonly sources: readonly string[];
  /** Variables that were asked for and have no value. */
  readonly unset: readonly string[];
  /** ARGs from before the first FROM, and those of the platform. */
  readonly globals: ReadonlyMap<string, string>;
}

export function copyHint(
  instruction: Pick<Transfer, 'kind' | 'sources'> & {readonly from?: string | undefined},
  {sources, unset, globals}: Values,
): string | undefined {
  const {kind, sources: written, from} = instruction;
  const [missing] = unset;
  if (missing !== undefined) return unsetHint(missing, globals);
  if (written.includes('#')) return 'A # begins a comment only at the start of a line.';
  const dashed = written.find(isDashed);
  if (dashed !== undefined) return `${FLAGS}: ${asFlag(dashed)}.`;
  if (kind === 'add' && sources.some((source) => isAddress(source) && !isRemote(source))) {
    return 'ADD fetches http, https, git and ssh.';
  }
  if (from === undefined && sources.some((source) => /^(\.?\/)*\.\.(\/|$)/.test(source))) {
    return 'No source lies outside of the context: take another, with --build-context NAME=DIR and COPY --from=NAME.';
  }
  return undefined;
}

export function runHint({form, words}: CommandLine): string | undefined {
  const [text = ''] = words;
  if (form === 'exec') return undefined;
  if (isDashed(text)) return `${FLAGS}: ${asFlag(text.split(/\s/, 1)[0] ?? '')}.`;
  // With a blank behind the bracket it is the shell's test.
  if (!/^\[["']/.test(text)) return undefined;
  return 'As JSON it cannot be read, so the shell got it: write double quotes around each word and commas between them.';
}

const unsetHint = (name: string, globals: Values['globals']): string =>
  globals.has(name)
    ? `${name} is not set here: repeat ARG ${name} below the FROM of this stage.`
    : `${name} is not set here: declare it with ARG ${name} or ENV ${name}=VALUE above.`;

const isAddress = (source: string): boolean => /^[a-z][a-z\d+.-]*:\/\//i.test(source);

/** As with one dash, or with one that an editor made of two. */
const isDashed = (word: string): boolean => /^[-\u2013\u2014][a-z]+(=|\s|$)/.test(word);

const asFlag = (word: string): string => word.replace(/^./u, '--');
