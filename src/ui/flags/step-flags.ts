/** Flags of a build that are for its RUN steps, and the request they come to. */
import * as Flags from '@oclif/core/flags';
import {defined} from '../command/defined.js';
import {repeatable} from './flags.js';
import {processFlags, processRequest} from './process-flags.js';

export const stepFlags = {
  secret: Flags.string({
    description: 'secret for RUN --mount=type=secret: a file or a variable of the environment',
    helpValue: 'id=NAME[,src=FILE|,env=VARIABLE]',
    ...repeatable,
  }),
  ssh: Flags.string({
    description: 'agent for RUN --mount=type=ssh (default: that of SSH_AUTH_SOCK)',
    helpValue: 'default|ID[=SOCKET|KEY[,KEY]]',
    ...repeatable,
  }),
  allow: Flags.string({
    description: 'let RUN steps ask for network.host or security.insecure',
    helpValue: 'ENTITLEMENT',
    ...repeatable,
  }),
  ...processFlags('RUN steps'),
  'no-cache-filter': Flags.string({
    description: 'run the steps of a stage afresh',
    helpValue: 'STAGE[,STAGE]',
    ...repeatable,
  }),
};

type StepFlags = {
  readonly [Name in keyof typeof stepFlags]?: Name extends 'shm-size'
    ? string | undefined
    : readonly string[] | undefined;
};

export const stepRequest = (flags: StepFlags) => ({
  ...processRequest(flags),
  ...defined({
    secrets: flags.secret,
    ssh: flags.ssh,
    allow: flags.allow,
    noCacheFilter: flags['no-cache-filter']?.flatMap((stages) => stages.split(',')),
  }),
});
