/** Images with real layers, as a build leaves them: in snapshots, with config and manifest stored. */
import {mkdirSync, readdirSync, utimesSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {type AssembledImage, assemble} from '../../src/export/image/assemble.js';
import {vertex} from '../../src/graph/vertex.js';
import {summarize} from '../../src/layer/summarize.js';
import {OverlaySnapshotter} from '../../src/snapshot/overlay-snapshotter.js';
import type {Snapshot} from '../../src/snapshot/snapshotter.js';
import type {Store} from '../../src/store/store.js';

/** Path → content of the files of one layer. */
export type Files = Readonly<Record<string, string>>;

export const openSnapshots = ({paths, ingest}: Store): OverlaySnapshotter =>
  new OverlaySnapshotter({root: paths.snapshots, ingest, verify: () => false});

export function layerOf(
  snapshots: OverlaySnapshotter,
  parent: Snapshot | undefined,
  files: Files,
): Snapshot {
  const draft = snapshots.prepare(parent);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(draft.upper, path)), {recursive: true});
    writeFileSync(join(draft.upper, path), content);
  }
  // Equal files are an equal layer, whatever second it is.
  for (const path of ['', ...readdirSync(draft.upper, {recursive: true, encoding: 'utf8'})]) {
    utimesSync(join(draft.upper, path), 0, 0);
  }
  return draft.commit(summarize(draft.upper));
}

export interface BuiltImage extends AssembledImage {
  readonly stack: readonly Snapshot[];
}

export function buildImage(store: Store, ...layers: readonly Files[]): BuiltImage {
  const snapshots = openSnapshots(store);
  const stack: Snapshot[] = [];
  for (const files of layers) stack.push(layerOf(snapshots, stack.at(-1), files));
  const steps = layers.map((_, index) =>
    vertex({
      name: `RUN ${index}`,
      inputs: [],
      op: {kind: 'mkdir', path: `/${index}`, user: ''},
    }),
  );
  const draft = {
    config: {architecture: 'amd64', os: 'linux', config: {Cmd: ['sh']}},
    history: steps.map((step, index) => ({
      kind: 'layer' as const,
      createdBy: `RUN ${index}`,
      comment: '',
      vertex: step,
    })),
  };
  const depthOf = (step: (typeof steps)[number]) => steps.indexOf(step) + 1;
  const image = assemble(draft, {stack, depthOf, packed: []});
  store.blobs.write(image.configDescriptor.mediaType, image.configData);
  store.blobs.write(image.manifestDescriptor.mediaType, image.manifestData);
  return {...image, stack};
}
