/** Finds the command, runs it, and leaves with its exit code. */
import {restoreExtraCertificates} from './app/machine/extra-certificates.js';
import {typedArguments} from './arguments.js';
import {commandNames, findCommand} from './find-command.js';
import {BaseCommand} from './ui/command/base-command.js';
import {endOnLostOutput, outputTaken} from './ui/command/output-pipes.js';
import {reportError} from './ui/command/report-error.js';
import {unknownCommand} from './ui/command/usage-error.js';

async function main(argv: readonly string[]): Promise<void> {
  const found = findCommand(argv);
  if (found.kind === 'command') {
    const {default: Class} = await found.load();
    return BaseCommand.execute(Class, found);
  }
  if (found.kind === 'help') return (await import('./ui/command/help.js')).showHelp(found.subject);
  throw unknownCommand(found.name, commandNames());
}

restoreExtraCertificates();
endOnLostOutput();
main(typedArguments(process.argv))
  .catch((error: unknown) => {
    const report = reportError(error);
    process.stderr.write(report.text);
    process.exitCode = report.exitCode;
  })
  // What is still open (idle connections, worker threads) must not delay the prompt.
  .finally(() => outputTaken().then(() => process.exit()));
