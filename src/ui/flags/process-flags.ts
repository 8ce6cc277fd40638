/** Flags of `build` and `run` alike, about the processes that they start, and the request they come to. */
import * as Flags from '@oclif/core/flags';
import {defined} from '../command/defined.js';
import {repeatable} from './flags.js';

/** `whose` as in "resource limit of RUN steps". */
export const processFlags = (whose: string) => ({
  'add-host': Flags.string({
    description: `line for /etc/hosts of ${whose}; host-gateway is this machine`,
    helpValue: 'NAME:ADDRESS',
    ...repeatable,
  }),
  ulimit: Flags.string({
    description: `resource limit of ${whose}, like nofile=1024:4096`,
    helpValue: 'TYPE=SOFT[:HARD]',
    ...repeatable,
  }),
  'shm-size': Flags.string({description: `size of /dev/shm of ${whose}`, helpValue: 'SIZE'}),
});

interface ProcessFlags {
  readonly 'add-host'?: readonly string[] | undefined;
  readonly ulimit?: readonly string[] | undefined;
  readonly 'shm-size'?: string | undefined;
}

export const processRequest = (flags: ProcessFlags) =>
  defined({addHosts: flags['add-host'], ulimits: flags.ulimit, shmSize: flags['shm-size']});
