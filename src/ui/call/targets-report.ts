/** What `--call targets` tells, as docker prints it and as docker's JSON. */
import type {listBuildTargets} from '../../app/build/call-build.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {base64, location} from './location.js';

type Targets = Awaited<ReturnType<typeof listBuildTargets>>;

export function targetsText({told}: Targets): string {
  const rows = told.map(({name, index, isDefault, description}) => [
    label(name ?? (isDefault ? undefined : String(index)), isDefault),
    description ?? '',
  ]);
  return formatTable([['TARGET', 'DESCRIPTION'], ...rows])
    .map((line) => printable(line).trimEnd())
    .join('\n');
}

const label = (name: string | undefined, isDefault: boolean): string =>
  [name, isDefault ? '(default)' : undefined].filter((part) => part !== undefined).join(' ');

export const targetsJSON = ({dockerfile, told}: Targets) => ({
  targets: told.map(({name, isDefault, description, base, platform, lines}) => ({
    name,
    ...(isDefault && {default: true}),
    description,
    base,
    platform,
    location: location(lines),
  })),
  sources: [base64(dockerfile.text)],
});
