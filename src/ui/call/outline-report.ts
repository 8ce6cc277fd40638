/** What `--call outline` tells, as docker prints it and as docker's JSON. */
import type {outlineBuild} from '../../app/build/call-build.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {base64, location} from './location.js';

type Outline = Awaited<ReturnType<typeof outlineBuild>>;
type Mounts = Outline['told']['secrets'];

export function outlineText({told}: Outline): string {
  const {name, description, args, secrets, ssh} = told;
  const head = [
    ...(name === undefined ? [] : [['TARGET:', name]]),
    ...(description === undefined ? [] : [['DESCRIPTION:', description]]),
  ];
  const rows = args.map((arg) => [arg.name, arg.value ?? '', arg.description ?? '']);
  return [
    formatTable(head),
    table(['BUILD ARG', 'VALUE', 'DESCRIPTION'], rows),
    table(['SECRET', 'REQUIRED'], secrets.map(mountRow)),
    table(['SSH', 'REQUIRED'], ssh.map(mountRow)),
  ]
    .filter((part) => part.length > 0)
    .map((part) => part.map((line) => printable(line).trimEnd()).join('\n'))
    .join('\n\n');
}

const table = (header: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : formatTable([header, ...rows]);

const mountRow = ({name, required}: Mounts[number]): string[] => [name, required ? 'true' : ''];

export function outlineJSON({dockerfile, told}: Outline) {
  const {name, description, args, secrets, ssh} = told;
  return {
    name,
    description,
    ...(args.length > 0 && {args: args.map(argJSON)}),
    ...(secrets.length > 0 && {secrets: secrets.map(mountJSON)}),
    ...(ssh.length > 0 && {ssh: ssh.map(mountJSON)}),
    sources: [base64(dockerfile.text)],
  };
}

const argJSON = ({name, description, value, lines}: Outline['told']['args'][number]) => ({
  name,
  description,
  value: value || undefined,
  location: location(lines),
});

const mountJSON = ({name, required, lines}: Mounts[number]) => ({
  name,
  ...(required && {required}),
  location: location(lines),
});
