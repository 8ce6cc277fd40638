import {type LauncherReport, parseLauncherReport} from '../../linux/features.js';

/**
 * What the launcher could do for this process: the rung of the rootless ladder it stands on.
 *
 *   root     real root, in a mount namespace of its own
 *   subids   a user namespace with the user's whole range of subordinate ids
 *   single   a user namespace with one id: owners other than root are recorded, not set
 *   none     no namespaces: everything but RUN and run
 *   outside  not started through the launcher
 */
export type Rung = LauncherReport['rung'] | 'outside';

export const launcherReport = (env: NodeJS.ProcessEnv = process.env): LauncherReport | undefined =>
  parseLauncherReport(env['TSBUILD_NAMESPACE'] ?? '', process.pid);

export const currentRung = (env?: NodeJS.ProcessEnv): Rung =>
  launcherReport(env)?.rung ?? 'outside';
