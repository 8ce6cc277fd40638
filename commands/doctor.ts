import {diagnose} from '../src/app/doctor.js';
import {BaseCommand} from '../src/ui/base-command.js';
import {defined} from '../src/ui/defined.js';
import {findingLines} from '../src/ui/finding-lines.js';

export default class Doctor extends BaseCommand {
  static override summary = 'say what this machine lets tsbuild do, and how to allow more';

  async run(): Promise<ReturnType<typeof diagnose>> {
    const {flags} = await this.parse(Doctor);
    const findings = await diagnose(defined({root: flags.root}));
    for (const line of findingLines(findings)) this.log(line);
    return findings;
  }
}
