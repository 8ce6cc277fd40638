/** Flags of a build that say what becomes of its result, and the request they come to. */
import * as Flags from '@oclif/core/flags';
import {withPush, withStore} from '../../app/build/build-outputs.js';
import {defined} from '../command/defined.js';
import {repeatable} from './flags.js';

export const outputFlags = {
  output: Flags.string({
    char: 'o',
    description:
      'where the result goes: a directory, - for a tar on stdout, or type=image|registry|oci|docker|local|tar|cacheonly with dest=PATH',
    helpValue: 'OUTPUT',
    ...repeatable,
  }),
  load: Flags.boolean({
    description: 'the image goes to the store, whatever other outputs there are',
  }),
  push: Flags.boolean({
    description: 'the image goes to the registries of its names, and stays in the store',
  }),
  annotation: Flags.string({
    description:
      "annotation of the image's manifest, or with manifest-descriptor: of what names it",
    helpValue: '[PLACE:]KEY=VALUE',
    ...repeatable,
  }),
  iidfile: Flags.string({description: 'write the image id to a file', helpValue: 'FILE'}),
  'metadata-file': Flags.string({
    description: "write what came out to a file, as JSON under docker's keys",
    helpValue: 'FILE',
  }),
};

interface OutputFlags {
  readonly output: readonly string[] | undefined;
  readonly load: boolean;
  readonly push: boolean;
  readonly annotation: readonly string[] | undefined;
  readonly iidfile: string | undefined;
  readonly 'metadata-file': string | undefined;
}

export function outputRequest(flags: OutputFlags) {
  const wanted = flags.output ?? [];
  const outputs = flags.push ? withPush(wanted) : wanted;
  return {
    outputs: flags.load ? withStore(outputs) : outputs,
    ...defined({
      annotations: flags.annotation,
      iidfile: flags.iidfile,
      metadataFile: flags['metadata-file'],
    }),
  };
}
