import {userInfo} from 'node:os';
import {isAbsolute, join} from 'node:path';
import {currentRung} from './machine/rung.js';

/**
 * Where state lives: TSBUILD_ROOT; for root /var/lib/tsbuild; else tsbuild in XDG_DATA_HOME (~/.local/share).
 *
 * Inside the launcher's user namespace everybody has uid 0, so the rung tells who root is.
 */
export function storeRoot(env: NodeJS.ProcessEnv = process.env): string {
  const chosen = env['TSBUILD_ROOT'];
  if (chosen) return chosen;
  const rung = currentRung(env);
  const isRoot = rung === 'root' || (rung === 'outside' && process.getuid?.() === 0);
  if (isRoot) return '/var/lib/tsbuild';
  return join(absolute(env['XDG_DATA_HOME']) ?? join(home(env), '.local', 'share'), 'tsbuild');
}

/** A store is no matter of where one stands: a relative path counts for none, as the XDG base directory specification has it. */
const absolute = (path: string | undefined): string | undefined =>
  path !== undefined && isAbsolute(path) ? path : undefined;

const home = (env: NodeJS.ProcessEnv): string => absolute(env['HOME']) ?? userInfo().homedir;
