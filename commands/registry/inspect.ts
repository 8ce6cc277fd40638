import * as Flags from '@oclif/core/flags';
import {
  inspectRemote,
  type RemoteInspection,
  rawManifest,
} from '../../src/app/registry/inspect-remote.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {accessOf, anyImage, registryFlags} from '../../src/ui/flags/registry-flags.js';
import {remoteInspectionLines} from '../../src/ui/report/remote-inspection.js';
import {formatDocuments} from '../../src/ui/text/listing.js';

export default class RegistryInspect extends BaseCommand {
  static override summary = 'show what a name points to in its registry, without pulling it';
  static override description =
    'Platforms, layers, sizes and referrers; with --format also configs and annotations. Asks the registry itself, past all mirrors.';
  static override examples = [
    '<%= config.bin %> registry inspect python:3.11-slim',
    "<%= config.bin %> registry inspect --format '{{.digest}}' 10.24.2.30:5000/hello",
  ];
  static override args = {
    image: anyImage,
  };
  static override flags = {
    format: Flags.string({
      char: 'f',
      description: "'json' or a Go template",
      helpValue: 'TEMPLATE',
    }),
    raw: Flags.boolean({
      description: 'print the manifest or index byte for byte',
      exclusive: ['format', 'json'],
    }),
    ...registryFlags,
  };

  async run(): Promise<RemoteInspection | undefined> {
    const {args, flags} = await this.parse(RegistryInspect);
    const request = {reference: args.image, ...accessOf(flags)};
    const observer = {signal: this.signal};
    if (flags.raw) {
      process.stdout.write(await rawManifest(request, observer));
      return undefined;
    }
    const inspection = await inspectRemote(request, observer);
    if (flags.format !== undefined) this.log(formatDocuments([inspection], flags.format));
    else for (const line of remoteInspectionLines(inspection)) this.log(line);
    return inspection;
  }
}
