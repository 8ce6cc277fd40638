/** Starts run-step.ts behind the launcher, as one of the tests' users. */
import {launcherPath, runInNamespaces} from '../helpers/launcher.js';
import type {StepReport, StepRequest} from './programs/run-step.js';

export async function runStep(
  user: string,
  request: Omit<StepRequest, 'launcher'>,
): Promise<StepReport> {
  const argument = JSON.stringify({...request, launcher: launcherPath()});
  const {code, stdout, stderr} = await runInNamespaces(
    user,
    'test/sandbox/programs/run-step.ts',
    argument,
  );
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as StepReport;
}

/** A script of busybox's own programs, whatever the root has links for. */
export const shell = (script: string): readonly string[] => ['/bin/sh', '-c', script];
