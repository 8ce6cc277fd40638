/** Commits equal stacks without end, and says so after the first: `make-layers.ts <root>`. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {summarize} from '../../../src/layer/summarize.js';
import {OverlaySnapshotter} from '../../../src/snapshot/overlay-snapshotter.js';
import type {Snapshot} from '../../../src/snapshot/snapshotter.js';
import {openStore} from '../../../src/store/store.js';

await using store = await openStore(process.argv[2] ?? '', {lock: 'shared'});
const {paths, ingest} = store;
const snapshots = new OverlaySnapshotter({root: paths.snapshots, ingest, verify: () => false});
for (let round = 0; ; round++) {
  let top: Snapshot | undefined;
  for (let depth = 0; depth < 4; depth++) {
    const draft = snapshots.prepare(top);
    for (let file = 0; file < 20; file++) {
      mkdirSync(join(draft.upper, `${file}`));
      writeFileSync(join(draft.upper, `${file}/file`), `${round % 40} ${depth} ${file}`);
    }
    top = draft.commit(summarize(draft.upper));
  }
  if (round === 0) process.stdout.write('ready\n');
}
