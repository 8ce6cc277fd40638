/** What `--check` tells, as docker prints it and as docker's JSON. */
import type {checkBuild} from '../../app/build/call-build.js';
import {DockerfileError} from '../../dockerfile/errors.js';
import {warningFrame} from '../progress/warnings.js';
import {printable} from '../text/printable.js';
import {base64, location} from './location.js';

type Check = Awaited<ReturnType<typeof checkBuild>>;
type Warning = Check['told']['warnings'][number];

/** Whether docker would call it a failure: advice of tsbuild's own is none. */
export const failsCheck = ({told}: Check): boolean =>
  told.failure !== undefined || told.warnings.some(({url}) => url !== undefined);

export function checkText({dockerfile, told}: Check): string {
  const warnings = inOrder(told.warnings).flatMap((warning) => [
    '',
    `WARNING: ${warning.rule}${warning.url === undefined ? '' : ` - ${warning.url}`}`,
    printable(warning.message),
    ...warningFrame(warning, dockerfile),
  ]);
  return [`Check complete, ${counted(told.warnings.length)}`, ...warnings].join('\n');
}

export function checkJSON({dockerfile, told}: Check) {
  const {failure} = told;
  const lines = failure instanceof DockerfileError ? failure.lines : undefined;
  return {
    warnings: inOrder(told.warnings).map((warning) => ({
      ruleName: warning.rule,
      description: warning.description,
      ...(warning.url === undefined ? {} : {url: warning.url}),
      detail: warning.message,
      location: location(warning.lines),
    })),
    sources: [{filename: dockerfile.name, language: 'Dockerfile', data: base64(dockerfile.text)}],
    ...(failure && {buildError: {message: failure.message, location: location(lines)}}),
  };
}

/** As they stand in the file; what is about the command line comes first. */
const inOrder = (warnings: readonly Warning[]): readonly Warning[] =>
  warnings.toSorted((left, right) => (left.lines?.first ?? 0) - (right.lines?.first ?? 0));

function counted(count: number): string {
  if (count === 0) return 'no warnings found.';
  return count === 1 ? '1 warning has been found!' : `${count} warnings have been found!`;
}
