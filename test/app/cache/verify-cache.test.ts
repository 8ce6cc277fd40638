import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setImmediate as turn} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {verifyCache} from '../../../src/app/cache/verify-cache.js';
import {summarize} from '../../../src/layer/summarize.js';
import {OverlaySnapshotter} from '../../../src/snapshot/overlay-snapshotter.js';
import type {Snapshot} from '../../../src/snapshot/snapshotter.js';
import {temporaryStore} from '../../helpers/temporary-store.js';

const LAYERS = 8;
/** More than is read at once. */
const FILES = 400;

test('what is pruned while the cache is verified is not damaged', async () => {
  await using place = await temporaryStore();
  const {paths, ingest, leases} = place.store;
  const snapshots = new OverlaySnapshotter({root: paths.snapshots, ingest, verify: () => false});
  const made = Array.from({length: LAYERS}, (_, index) => layer(snapshots, `${index}`));
  const verifying = verifyCache({root: place.root});
  for (const {id} of made) {
    await turn();
    await leases.removing(() => snapshots.remove(id));
  }
  expect(await verifying).toMatchObject({damaged: []});
});

function layer(snapshots: OverlaySnapshotter, text: string): Snapshot {
  const draft = snapshots.prepare(undefined);
  for (let file = 0; file < FILES; file++) writeFileSync(join(draft.upper, `${file}`), text);
  return draft.commit(summarize(draft.upper));
}
