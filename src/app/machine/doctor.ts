/** `doctor`: what this machine lets tsbuild do, and the command that lifts each limit. */
import {mkdirSync} from 'node:fs';
import {inspect, type Finding as LinuxFinding} from '../../linux/features.js';
import {machineFacts} from '../../linux/machine-facts.js';
import {tryOverlay} from '../../linux/overlay-trial.js';
import {StoreUnusableError} from '../../store/errors.js';
import {storeRoot} from '../store-root.js';
import {launcherReport, type Rung} from './rung.js';

export interface Diagnosis {
  readonly rung: Rung;
  /** The first thing to mend first. */
  readonly findings: readonly LinuxFinding[];
}

export async function diagnose({
  root = storeRoot(),
}: {
  root?: string | undefined;
} = {}): Promise<Diagnosis> {
  const report = launcherReport();
  try {
    mkdirSync(root, {recursive: true});
  } catch (error) {
    throw new StoreUnusableError(root, (error as Error).message, error);
  }
  const canMount = report !== undefined && report.rung !== 'none';
  const facts = machineFacts(process.env['PATH'] ?? '');
  const overlayErrno = canMount ? tryOverlay(root) : 'EPERM';
  return {rung: report?.rung ?? 'outside', findings: inspect({facts, report, overlayErrno})};
}
