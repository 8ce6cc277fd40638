import {readdirSync} from 'node:fs';
import {expect, test} from 'vitest';
import {summarize} from '../../src/layer/summarize.js';
import {OverlaySnapshotter} from '../../src/snapshot/overlay-snapshotter.js';
import {openStore} from '../../src/store/store.js';
import {runScript} from '../helpers/child-script.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const script = 'test/snapshot/programs/make-layers.ts';

test('processes that make the same layers and are killed leave whole ones only', async () => {
  await using folder = temporaryFolder();
  for (let round = 0; round < 4; round++) {
    await using first = runScript(script, folder.path);
    await using second = runScript(script, folder.path);
    await Promise.all([first.said('ready'), second.said('ready')]);
    await new Promise((after) => setTimeout(after, 150 + 50 * round));
    for (const each of [first, second]) each.process.kill('SIGKILL');
    await Promise.all([first.ended(), second.ended()]);

    await using store = await openStore(folder.path, {lock: 'shared'});
    const {paths, ingest} = store;
    expect(readdirSync(paths.ingest)).toEqual([]);
    const snapshots = new OverlaySnapshotter({root: paths.snapshots, ingest, verify: () => false});
    const all = snapshots.list();
    expect(all.length).toBeGreaterThan(0);
    expect(all.map(({id}) => id).sort()).toEqual([...snapshots.ids()].sort());
    for (const snapshot of all) {
      expect(summarize(snapshot.path).diffID).toBe(snapshot.diffID);
      expect(snapshots.stack(snapshot).at(-1)).toBe(snapshot);
      expect(snapshots.findLayer(snapshot.diffID)?.diffID).toBe(snapshot.diffID);
    }
  }
});
