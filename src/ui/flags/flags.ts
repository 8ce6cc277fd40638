/** Flags that several commands share, one meaning each. */
import * as Flags from '@oclif/core/flags';

/** Not `multiple` alone: that reads the context of `-t hello .` as a second tag. */
export const repeatable = {multiple: true, multipleNonGreedy: true} as const;

/** docker's variable is its default. */
export const platformFlag = (description: string) =>
  Flags.string({description, env: 'DOCKER_DEFAULT_PLATFORM', helpValue: 'OS/ARCH'});

export const listing = {
  format: Flags.string({
    description: "'table', 'table TEMPLATE', 'json' or a Go template",
    helpValue: 'FORMAT',
  }),
  'no-trunc': Flags.boolean({description: 'do not shorten ids and commands'}),
  quiet: Flags.boolean({char: 'q', description: 'print ids only'}),
};
