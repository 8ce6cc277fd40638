/** What RUN steps and containers alike may be given; the shapes are docker's flags. */
import {parseSize} from '../base/parse-size.js';
import type {ResourceLimit} from '../oci/runtime-spec.js';
import {type ExtraHost, parseExtraHost} from '../sandbox/hosts.js';
import {InvalidOptionError} from './errors.js';
import {limitsOf} from './limit-option.js';

export interface ProcessOptions {
  /** `name:address` or `name=address`; `host-gateway` is the machine itself. */
  readonly addHosts?: readonly string[];
  /** `type=soft[:hard]`. */
  readonly ulimits?: readonly string[];
  /** Of /dev/shm, like `64m`. */
  readonly shmSize?: string;
}

export interface ProcessSettings {
  readonly hosts: readonly ExtraHost[];
  readonly limits: readonly ResourceLimit[];
  /** Bytes. */
  readonly shmSize: number | undefined;
}

/** Throws InvalidOptionError, InvalidRunOptionError. */
export const processSettings = (options: ProcessOptions): ProcessSettings => ({
  hosts: (options.addHosts ?? []).map(parseHost),
  limits: limitsOf(options.ulimits ?? []),
  shmSize: options.shmSize === undefined ? undefined : shmSize(options.shmSize),
});

/** They have the machine's own network, so the machine is reached at its loopback address. */
const parseHost = (text: string): ExtraHost => parseExtraHost(text, '127.0.0.1');

function shmSize(text: string): number {
  const bytes = parseSize(text);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new InvalidOptionError(
    '--shm-size',
    `want a size such as 64m, got ${JSON.stringify(text)}`,
  );
}
