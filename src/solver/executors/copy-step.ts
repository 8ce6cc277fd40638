/** COPY and ADD of local files: what is selected, and its way into a new layer. */
import {mkdirSync} from 'node:fs';
import {posix} from 'node:path';
import {toText} from '../../archive/byte-string.js';
import {removeTree} from '../../base/remove-tree.js';
import type {Ingredient} from '../../cache/cache-record.js';
import type {CopyOp} from '../../graph/op.js';
import type {MountedSource} from '../../graph/run-mount.js';
import type {CopyRequest} from '../../layer/copy-tree.js';
import type {LayerSummary} from '../../layer/layer-summary.js';
import {
  emptyManifest,
  type Manifest,
  type ManifestEntry,
  readManifest,
} from '../../layer/manifest.js';
import {copyFiles, selectFiles, summarizeLayer} from '../../layer/offload.js';
import type {TreeSelection} from '../../layer/select.js';
import {literalSource} from '../../layer/source/glob.js';
import {digestOf} from '../../oci/digest.js';
import {resolveOwner} from '../../sandbox/accounts.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import type {Root, Selection} from '../executor.js';
import {addSources} from './add-sources.js';
import {contextOf, type ExecutorOptions} from './executor-options.js';
import {copyInlineFiles} from './inline-files.js';
import {lowersOf, viewed} from './viewed.js';

export interface FileSelection extends Selection {
  readonly tree: TreeSelection;
}

export async function selectSources(
  op: CopyOp,
  source: Root,
  options: ExecutorOptions,
): Promise<FileSelection> {
  const {sources, excludes, parents = false} = op;
  if (sources.length === 0) return selected(nothing);
  if (op.from === 'context') {
    const {directory, ignore} = contextOf(op.context, options);
    const {statCache, contextModes: modes} = options;
    return selected(
      await selectFiles({
        root: directory,
        sources,
        excludes,
        parents,
        ignore,
        owner: 'root',
        modes,
        statCache,
      }),
    );
  }
  const view = options.snapshots.view(source);
  try {
    return selected(
      await selectFiles({root: view.path, sources, excludes, parents, owner: 'source'}),
    );
  } finally {
    view.unmount();
  }
}

/** All the files are in the op itself. */
const nothing: TreeSelection = {
  digest: digestOf(''),
  manifest: emptyManifest,
  entries: 0,
  bytes: 0,
};

/** The files that a mount shows of a root. */
export async function selectMounted(
  {path}: MountedSource,
  root: Root,
  {snapshots}: ExecutorOptions,
): Promise<FileSelection> {
  const view = snapshots.view(root);
  try {
    const sources = [literalSource(path)];
    return selected(
      await selectFiles({root: view.path, sources, owner: 'source', fixedName: true}),
    );
  } finally {
    view.unmount();
  }
}

const selected = (tree: TreeSelection): FileSelection => ({
  tree,
  digest: tree.digest,
  ingredients: () => ingredientsOf(tree.manifest),
});

function* ingredientsOf(manifest: Manifest): Generator<Ingredient> {
  let source = '';
  for (const entry of readManifest(manifest)) {
    if (entry.kind === 'source') source = entry.path;
    else yield ingredient(entry, toText(posix.join(source, entry.path)));
  }
}

function ingredient(entry: ManifestEntry, path: string): Ingredient {
  const {mode, uid, gid, size, link} = entry;
  const type = typeOf(entry);
  const digest = type === 'file' ? entry.digest : toText(link);
  return {path, type, mode, owner: `${uid}:${gid}`, size, digest};
}

function typeOf({kind}: ManifestEntry): Ingredient['type'] {
  return kind === 'file' || kind === 'directory' || kind === 'symlink' ? kind : 'other';
}

export interface CopyRoots {
  readonly onto: Root;
  readonly source: Root;
  readonly earlier: Root;
}

export async function copySources(
  op: CopyOp,
  roots: CopyRoots,
  {selection, options}: {selection: FileSelection; options: ExecutorOptions},
): Promise<Snapshot> {
  const {snapshots} = options;
  const draft = snapshots.prepare(roots.onto);
  const view = op.from === 'input' ? snapshots.view(roots.source) : undefined;
  try {
    const owner = op.chown === undefined ? undefined : ownerIn(roots.onto, op.chown, snapshots);
    const request = {
      root: view?.path ?? contextOf(op.context, options).directory,
      manifest: selection.tree.manifest,
      target: {upper: draft.upper, lowers: lowersOf(snapshots, roots.onto)},
      destination: op.destination,
      earlier: roots.earlier?.path,
      ...(owner === undefined ? {} : {owner}),
      ...(op.chmod === undefined ? {} : {mode: op.chmod}),
    };
    return draft.commit(await writeLayer(op, request, {selection, options}));
  } finally {
    view?.unmount();
    draft.discard();
  }
}

async function writeLayer(
  op: CopyOp,
  request: CopyRequest,
  {selection, options}: {selection: FileSelection; options: ExecutorOptions},
): Promise<LayerSummary> {
  const copySelected = () => (op.unpack ? addSources(request) : copyFiles(request, selection.tree));
  if (op.files === undefined) return copySelected();
  if (op.sources.length > 0) await copySelected();
  const scratch = options.ingest.draft();
  try {
    mkdirSync(scratch);
    copyInlineFiles(op.files, request, scratch);
    return await summarizeLayer(request.target.upper);
  } finally {
    removeTree(scratch);
  }
}

/** Numbers need no look at the root's accounts, and so no mount. */
function ownerIn(root: Root, chown: string, snapshots: ExecutorOptions['snapshots']) {
  const resolve = (rootfs: string) => resolveOwner(rootfs, chown);
  return /^[\d:]+$/.test(chown) ? resolve('') : viewed(snapshots, root, resolve);
}
