import * as Flags from '@oclif/core/flags';
import {
  diagnoseRegistry,
  type RegistryDiagnosis,
} from '../../src/app/registry/diagnose-registry.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {anyImage, registryFlags} from '../../src/ui/flags/registry-flags.js';
import {registryDiagnosisLines} from '../../src/ui/report/registry-diagnosis-lines.js';

export default class RegistryDoctor extends BaseCommand {
  static override summary = 'say where a pull or push would go and why, and try each place';
  static override description =
    'For each place: the file and rule that led there, http or https, certificates, whose credential from where (never the secret), and what it answers. Exit code 1 when none serves it.';
  static override examples = [
    '<%= config.bin %> registry doctor python:3.11-slim',
    '<%= config.bin %> registry doctor --push 10.24.2.30:5000/hello',
  ];
  static override args = {
    image: anyImage,
  };
  static override flags = {
    push: Flags.boolean({description: 'a push instead of a pull; begins an upload and cancels it'}),
    'daemon-json': registryFlags['daemon-json'],
  };

  async run(): Promise<RegistryDiagnosis> {
    const {args, flags} = await this.parse(RegistryDoctor);
    const diagnosis = await diagnoseRegistry({
      reference: args.image,
      purpose: flags.push ? 'push' : 'pull',
      signal: this.signal,
      ...defined({daemonJSON: flags['daemon-json']}),
    });
    for (const line of registryDiagnosisLines(diagnosis)) this.log(line);
    if (!diagnosis.works) process.exitCode = 1;
    return diagnosis;
  }
}
