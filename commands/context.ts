import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {
  type ContextInspection,
  checkBudget,
  inspectContext,
} from '../src/app/context/inspect-context.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';
import {CONTEXT_TABLE, contextColumns, contextSummary} from '../src/ui/report/context-table.js';
import {formatRows} from '../src/ui/text/listing.js';

export default class Context extends BaseCommand {
  static override summary =
    'show which files a build would see, and which line of the ignore file decided';
  static override description =
    'A directory that is ignored whole is one row. What should rarely be in a context is named with the line that ignores it.';
  static override examples = [
    '<%= config.bin %> context',
    '<%= config.bin %> context --only kept --budget 20MB .',
  ];
  static override args = {
    directory: Args.string({
      description: 'directory to build from',
      default: '.',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    file: Flags.string({
      char: 'f',
      description: 'the Dockerfile, whose own ignore file comes first',
      helpValue: 'PATH',
    }),
    only: Flags.option({
      description: 'list only these',
      options: ['kept', 'ignored'] as const,
    })(),
    budget: Flags.string({
      description: 'fail when more than this is kept, like 20MB',
      helpValue: 'SIZE',
    }),
    format: Flags.string({
      description: "'table', 'table TEMPLATE', 'json' or a Go template",
      helpValue: 'FORMAT',
    }),
  };

  async run(): Promise<ContextInspection> {
    const {args, flags} = await this.parse(Context);
    const {directory} = args;
    const inspection = inspectContext({directory, ...defined({dockerfile: flags.file})});
    const wanted = inspection.entries.filter(
      ({kept}) => flags.only === undefined || kept === (flags.only === 'kept'),
    );
    for (const line of formatRows(wanted.map(contextColumns), CONTEXT_TABLE, flags.format)) {
      this.log(line);
    }
    for (const line of contextSummary(inspection)) this.logToStderr(line);
    if (flags.budget !== undefined) checkBudget(inspection, flags.budget);
    return inspection;
  }
}
