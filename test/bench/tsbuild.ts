/** tsbuild itself, with a store of its own that is made anew for every cold run. */
import {join} from 'node:path';
import {removingStore} from '../helpers/enter.js';
import type {Builder} from './builder.js';
import {type Shell, sh} from './shell.js';

export interface TsbuildPlace {
  readonly name: string;
  readonly shell: Shell;
  readonly root: Shell;
  readonly repository: string;
  /** Parent of the store; the shell's user may write there. */
  readonly directory: string;
}

export function tsbuild({name, shell, root, repository, directory}: TsbuildPlace): Builder {
  const store = join(directory, name);
  const program = `TSBUILD_ROOT=${store} ${join(repository, 'dist/tsbuild')}`;
  const archives: string[] = [];
  const load = (archive: string) => void sh(shell, `${program} load -i ${archive}`);
  const removing = [join(repository, 'dist/tsbuild'), ...removingStore(repository, store)];
  const remove = () => void sh(shell, removing.join(' '));
  return {
    name,
    shell,
    root,
    warm: [
      store,
      process.execPath,
      join(repository, 'dist'),
      join(repository, 'node_modules/koffi'),
    ],
    load(archive) {
      if (archives.includes(archive)) return;
      archives.push(archive);
      load(archive);
    },
    wipe() {
      remove();
      for (const archive of archives) load(archive);
    },
    keepsPacked: true,
    tag: (image, tagged) => void sh(shell, `${program} tag ${image} ${tagged}`),
    forget() {
      archives.length = 0;
      remove();
    },
    build: (context, image) => `${program} build -t ${image} ${context}`,
    run: (image, command) => `${program} run --rm ${image} ${command}`,
    save: (image, path) => `${program} save -o ${path} ${image}`,
    push: (_image, tagged) => `${program} push -q ${tagged}`,
    pullAndRun: (tagged, command) => `${program} run --rm ${tagged} ${command}`,
    version: `${program} --version`,
  };
}
