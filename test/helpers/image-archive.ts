/** Tars as tar-stream packs them, for archives that no honest tool writes. */
import {buffer} from 'node:stream/consumers';
import {pack} from 'tar-stream';

export interface TarItem {
  readonly name: string;
  readonly data?: string | Buffer;
  readonly symlink?: string;
  readonly hardLink?: string;
}

export function tarOf(...items: readonly TarItem[]): Promise<Buffer> {
  const tar = pack();
  for (const {name, data, symlink, hardLink} of items) {
    if (symlink !== undefined) tar.entry({name, type: 'symlink', linkname: symlink});
    else if (hardLink !== undefined) tar.entry({name, type: 'link', linkname: hardLink});
    else tar.entry({name, mtime: new Date(0)}, data ?? '');
  }
  tar.finalize();
  return buffer(tar);
}
