/**
 * What the launcher could do for this process: the rung of the rootless ladder it stands on.
 *
 *   root     real root, in a mount namespace of its own
 *   subids   a user namespace with the user's whole range of subordinate ids
 *   single   a user namespace with one id: owners other than root are recorded, not set
 *   none     no namespaces: everything but RUN and run
 *   outside  not started through the launcher
 */
export type Rung = 'root' | 'subids' | 'single' | 'none' | 'outside';

const rungs: readonly string[] = ['root', 'subids', 'single', 'none'];

/** Reads TSBUILD_NAMESPACE, `<pid>:<rung>`; an inherited value of another process does not count. */
export function currentRung(env: NodeJS.ProcessEnv = process.env): Rung {
  const [pid, rung = ''] = (env['TSBUILD_NAMESPACE'] ?? '').split(':');
  if (pid !== String(process.pid) || !rungs.includes(rung)) return 'outside';
  return rung as Rung;
}
