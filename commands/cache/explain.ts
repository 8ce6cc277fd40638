import * as Args from '@oclif/core/args';
import {type ExplainedStep, explainCache} from '../../src/app/cache/explain-cache.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {explainedStepLines} from '../../src/ui/report/explanation-lines.js';

export default class CacheExplain extends BaseCommand {
  static override summary = 'say why each step of a build ran, or why a result was made';
  static override examples = [
    '<%= config.bin %> cache explain hello',
    '<%= config.bin %> cache explain 3f0c55ab1d02',
  ];
  static override args = {
    what: Args.string({
      description: 'build, image, or key of a result (default: the newest build)',
      ignoreStdin: true,
    }),
  };

  async run(): Promise<readonly ExplainedStep[]> {
    const {args, flags} = await this.parse(CacheExplain);
    const steps = await explainCache(defined({what: args.what, root: flags.root}));
    for (const line of steps.flatMap(explainedStepLines)) this.log(line);
    return steps;
  }
}
