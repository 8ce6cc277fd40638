/** What commands that may ask a registry take, and what their flags mean together. */
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import type {RegistryAccess} from '../../app/registry/open-registries.js';
import {defined} from '../command/defined.js';
import {durationFlag} from './duration-flag.js';

export const anyImage = Args.string({
  description: 'NAME[:TAG] or NAME@DIGEST',
  required: true,
  ignoreStdin: true,
});

export const registryFlags = {
  'daemon-json': Flags.string({
    description: "docker's daemon.json with registry-mirrors and insecure-registries",
    helpValue: 'FILE',
  }),
  retry: Flags.integer({
    description: 'how often to try again what may go better another time',
    default: 4,
    min: 0,
    max: 20,
    helpValue: 'COUNT',
  }),
  'retry-delay': durationFlag({
    description: 'wait before the first of these; it grows threefold',
    default: '1s',
  }),
};

/** Of commands that use the network only for what is not here. */
export const offlineFlag = {
  offline: Flags.boolean({description: 'fetch nothing: what is not here is missing'}),
};

interface Parsed {
  readonly offline?: boolean;
  readonly 'daemon-json'?: string | undefined;
  readonly retry: number;
  readonly 'retry-delay': number;
}

export const accessOf = (flags: Parsed): RegistryAccess => ({
  attempts: flags.retry + 1,
  retryDelay: flags['retry-delay'],
  ...defined({daemonJSON: flags['daemon-json'], offline: flags.offline}),
});
