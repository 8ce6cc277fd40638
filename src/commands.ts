/** What a user can type, each loaded only when it is called. */
import type {CommandClass} from './ui/command/base-command.js';

interface CommandEntry {
  /** Topics separated by colons, as oclif names commands. */
  readonly id: string;
  readonly aliases: readonly string[];
  readonly load: () => Promise<{readonly default: CommandClass}>;
}

export const commands: readonly CommandEntry[] = [
  {
    id: 'build',
    aliases: ['image:build', 'buildx:build', 'builder:build'],
    load: () => import('../commands/build.js'),
  },
  {id: 'context', aliases: [], load: () => import('../commands/context.js')},
  {id: 'run', aliases: ['container:run'], load: () => import('../commands/run.js')},
  {
    id: 'ps',
    aliases: ['container:ls', 'container:ps', 'container:list'],
    load: () => import('../commands/ps.js'),
  },
  {id: 'rm', aliases: ['container:rm'], load: () => import('../commands/rm.js')},
  {id: 'builds', aliases: ['builds:ls'], load: () => import('../commands/builds.js')},
  {id: 'builds:inspect', aliases: [], load: () => import('../commands/builds/inspect.js')},
  {id: 'builds:diff', aliases: [], load: () => import('../commands/builds/diff.js')},
  {id: 'builds:rm', aliases: [], load: () => import('../commands/builds/rm.js')},
  {id: 'logs', aliases: [], load: () => import('../commands/logs.js')},
  {id: 'cache:ls', aliases: ['cache:list'], load: () => import('../commands/cache/ls.js')},
  {id: 'cache:du', aliases: ['buildx:du'], load: () => import('../commands/cache/du.js')},
  {id: 'cache:inspect', aliases: [], load: () => import('../commands/cache/inspect.js')},
  {
    id: 'cache:prune',
    aliases: ['builder:prune', 'buildx:prune'],
    load: () => import('../commands/cache/prune.js'),
  },
  {id: 'cache:gc', aliases: [], load: () => import('../commands/cache/gc.js')},
  {id: 'cache:verify', aliases: [], load: () => import('../commands/cache/verify.js')},
  {id: 'cache:explain', aliases: [], load: () => import('../commands/cache/explain.js')},
  {id: 'cache:mounts:ls', aliases: [], load: () => import('../commands/cache/mounts/ls.js')},
  {
    id: 'cache:mounts:export',
    aliases: [],
    load: () => import('../commands/cache/mounts/export.js'),
  },
  {
    id: 'cache:mounts:import',
    aliases: [],
    load: () => import('../commands/cache/mounts/import.js'),
  },
  {id: 'cache:mounts:prune', aliases: [], load: () => import('../commands/cache/mounts/prune.js')},
  {id: 'doctor', aliases: [], load: () => import('../commands/doctor.js')},
  {id: 'version', aliases: [], load: () => import('../commands/version.js')},
  {
    id: 'image:ls',
    aliases: ['images', 'image:list'],
    load: () => import('../commands/image/ls.js'),
  },
  {id: 'image:inspect', aliases: ['inspect'], load: () => import('../commands/image/inspect.js')},
  {id: 'image:history', aliases: ['history'], load: () => import('../commands/image/history.js')},
  {id: 'image:layers', aliases: [], load: () => import('../commands/image/layers.js')},
  {id: 'image:diff', aliases: [], load: () => import('../commands/image/diff.js')},
  {id: 'image:mount', aliases: [], load: () => import('../commands/image/mount.js')},
  {id: 'image:unmount', aliases: [], load: () => import('../commands/image/unmount.js')},
  {id: 'image:tag', aliases: ['tag'], load: () => import('../commands/image/tag.js')},
  {id: 'image:rm', aliases: ['rmi', 'image:remove'], load: () => import('../commands/image/rm.js')},
  {id: 'image:prune', aliases: [], load: () => import('../commands/image/prune.js')},
  {id: 'image:save', aliases: ['save'], load: () => import('../commands/image/save.js')},
  {id: 'image:load', aliases: ['load'], load: () => import('../commands/image/load.js')},
  {id: 'image:import', aliases: ['import'], load: () => import('../commands/image/import.js')},
  {id: 'image:pull', aliases: ['pull'], load: () => import('../commands/image/pull.js')},
  {id: 'image:push', aliases: ['push'], load: () => import('../commands/image/push.js')},
  {id: 'login', aliases: [], load: () => import('../commands/login.js')},
  {id: 'logout', aliases: [], load: () => import('../commands/logout.js')},
  {id: 'registry:serve', aliases: [], load: () => import('../commands/registry/serve.js')},
  {id: 'registry:ls', aliases: [], load: () => import('../commands/registry/ls.js')},
  {id: 'registry:tags', aliases: [], load: () => import('../commands/registry/tags.js')},
  {id: 'registry:inspect', aliases: [], load: () => import('../commands/registry/inspect.js')},
  {id: 'registry:copy', aliases: [], load: () => import('../commands/registry/copy.js')},
  {id: 'registry:rm', aliases: [], load: () => import('../commands/registry/rm.js')},
  {id: 'registry:doctor', aliases: [], load: () => import('../commands/registry/doctor.js')},
];
