/** Flags that several commands share, one meaning each. */
import * as Flags from '@oclif/core/flags';

/** Not `multiple` alone: that reads the context of `-t hello .` as a second tag. */
export const repeatable = {multiple: true, multipleNonGreedy: true} as const;

export const listing = {
  format: Flags.string({
    description: "'table', 'table TEMPLATE', 'json' or a Go template",
    helpValue: 'FORMAT',
  }),
  'no-trunc': Flags.boolean({description: 'do not shorten ids and commands'}),
  quiet: Flags.boolean({char: 'q', description: 'print ids only'}),
};
