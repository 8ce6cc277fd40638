import * as Args from '@oclif/core/args';
import {buildLogs} from '../src/app/builds/builds.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';
import {writeLog} from '../src/ui/report/log-output.js';

export default class Logs extends BaseCommand {
  static override summary = 'show all that the steps of a build wrote';
  static override description =
    'Complete, byte for byte. Without a step, the logs of all steps, each under the name of its step.';
  static override enableJsonFlag = false;
  static override examples = ['<%= config.bin %> logs', "<%= config.bin %> logs hello 'RUN make'"];
  static override args = {
    build: Args.string({
      description: 'build by id, or the image it made (default: the newest)',
      ignoreStdin: true,
    }),
    step: Args.string({
      description: 'number of the step, or the start of its instruction',
      ignoreStdin: true,
    }),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Logs);
    const request = defined({build: args.build, step: args.step, root: flags.root});
    for await (const {step, bytes} of buildLogs(request)) {
      if (args.step === undefined) this.log(`#${step.number} ${step.name}`);
      await writeLog(bytes);
    }
  }
}
