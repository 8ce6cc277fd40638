/** What `--call outline` tells, as docker prints it and as docker's JSON. */
import type {outlineBuild} from '../../app/call-build.js';
import {printable} from '../printable.js';
import {formatTable} from '../table.js';
import {base64, location} from './location.js';

type Outline = Awaited<ReturnType<typeof outlineBuild>>;

export function outlineText({told: {name, description, args}}: Outline): string {
  const head = [
    ...(name === undefined ? [] : [['TARGET:', name]]),
    ...(description === undefined ? [] : [['DESCRIPTION:', description]]),
  ];
  const rows = args.map((arg) => [arg.name, arg.value ?? '', arg.description ?? '']);
  return [formatTable(head), table(['BUILD ARG', 'VALUE', 'DESCRIPTION'], rows)]
    .filter((part) => part.length > 0)
    .map((part) => part.map((line) => printable(line).trimEnd()).join('\n'))
    .join('\n\n');
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : formatTable([header, ...rows]);

export const outlineJSON = ({dockerfile, told: {name, description, args}}: Outline) => ({
  name,
  description,
  ...(args.length > 0 && {
    args: args.map(({name: arg, description: about, value, lines}) => ({
      name: arg,
      description: about,
      value: value || undefined,
      location: location(lines),
    })),
  }),
  sources: [base64(dockerfile.text)],
});
