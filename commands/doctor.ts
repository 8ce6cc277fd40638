import {type Diagnosis, diagnose} from '../src/app/machine/doctor.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';
import {diagnosisLines} from '../src/ui/report/diagnosis-lines.js';

export default class Doctor extends BaseCommand {
  static override summary = 'say what this machine lets tsbuild do, and how to allow more';

  async run(): Promise<Diagnosis> {
    const {flags} = await this.parse(Doctor);
    const diagnosis = await diagnose(defined({root: flags.root}));
    for (const line of diagnosisLines(diagnosis)) this.log(line);
    return diagnosis;
  }
}
