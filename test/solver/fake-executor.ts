import type {SharedLayer} from '../../src/cache/shared/shared-result.js';
import type {CopyOp, FetchOp, Op} from '../../src/graph/op.js';
import type {LayerSummary} from '../../src/layer/layer-summary.js';
import {describe} from '../../src/oci/descriptor.js';
import {type Digest, digestOf} from '../../src/oci/digest.js';
import {MediaType} from '../../src/oci/media-type.js';
import {AlteredSnapshotError} from '../../src/snapshot/errors.js';
import type {Snapshot} from '../../src/snapshot/snapshotter.js';
import {ImportedLayerError} from '../../src/solver/errors.js';
import type {Executor, LazyRoot, PinnedSource, Root, Selection} from '../../src/solver/executor.js';
import type {Solved} from '../../src/solver/solved.js';

/** An executor without a kernel: a layer's content is what `produce` says, and every call is written down. */
export class FakeExecutor implements Executor {
  readonly calls: string[] = [];
  readonly roots = new Map<Digest, Snapshot>();
  /** What the base image holds. */
  base = 'base';
  /** What the build context holds. */
  context = 'files';
  /** The content an op makes; a run that is not deterministic answers something new each time. */
  produce: (op: Op, parent: Root) => string | Promise<string> = (op) => JSON.stringify(op);
  /** Equal work makes other layers on another machine. */
  name = '';
  readonly #parents = new Map<Digest, Digest>();
  #times = 0;

  find(chainID: Digest): Root {
    return this.roots.get(chainID);
  }

  /** Ids of layers that somebody wrote to. */
  readonly altered = new Set<string>();

  async check(roots: readonly Root[]): Promise<void> {
    const ids = roots.flatMap((root) => root?.id ?? []).filter((id) => this.altered.has(id));
    if (ids.length > 0) throw new AlteredSnapshotError(ids);
  }

  async discard({ids}: AlteredSnapshotError): Promise<void> {
    for (const id of ids) {
      this.altered.delete(id);
      for (const root of this.roots.values()) {
        if (root.id === id || root.parent === id) this.roots.delete(root.chainID);
      }
    }
  }

  async image(): Promise<{chainID: Digest; open: () => Promise<Root>}> {
    const base = this.#root(undefined, layer(this.base, this.base));
    return {chainID: base.chainID, open: async () => base};
  }

  async restore(layers: readonly SharedLayer[], base: LazyRoot | undefined): Promise<Root> {
    let root = await base?.open();
    for (const {diffID, contentDigest} of layers) {
      if (this.broken.has(diffID)) {
        throw new ImportedLayerError(blobOf(diffID).digest, new Error('broken'));
      }
      const before = this.roots.size;
      root = this.#root(root, {diffID, contentDigest, size: 1});
      if (this.roots.size > before) this.calls.push('restore');
    }
    return root;
  }

  /** Layers of other machines that cannot be had. */
  readonly broken = new Set<Digest>();

  /** The layers of a result as other machines are told of them. */
  shared({chainID, base}: Pick<Solved, 'chainID' | 'base'>): SharedLayer[] {
    const layers: SharedLayer[] = [];
    for (let at = chainID; at !== undefined && at !== base?.chainID; at = this.#parents.get(at)) {
      const {diffID, contentDigest, createdAt} = this.roots.get(at) as Snapshot;
      layers.unshift({blob: blobOf(diffID), diffID, contentDigest, createdAt});
    }
    return layers;
  }

  run = (op: Op, inputs: readonly Root[]): Promise<Snapshot> => this.#make(op, inputs[0]);
  copy = (op: Op, roots: {onto: Root}): Promise<Snapshot> => this.#make(op, roots.onto);
  merge = async (onto: Root, merged: Root): Promise<Snapshot> => {
    this.calls.push('merge');
    return this.#root(onto, layer(`${merged?.contentDigest}`, `${merged?.diffID}`));
  };
  makeDirectory = (op: Op, root: Root): Promise<Root> => this.#make(op, root);

  /** What is at every address. */
  remote = 'remote';

  async pin(op: FetchOp): Promise<PinnedSource> {
    this.calls.push(`pin ${op.kind}`);
    return {
      digest: digestOf(this.remote),
      ingredients: () => [],
      fetch: () => this.#make(op, undefined),
    };
  }

  async select(_op: CopyOp, source: Root): Promise<Selection> {
    const digest = source?.contentDigest ?? digestOf(this.context);
    return {digest, ingredients: () => []};
  }

  /** The files of a source that a mount shows, for all roots. */
  mounted = 'shown';

  async selectMounted(): Promise<Selection> {
    return {digest: digestOf(this.mounted), ingredients: () => []};
  }

  async #make(op: Op, parent: Root): Promise<Snapshot> {
    this.calls.push(op.kind === 'run' ? op.args.join(' ') : op.kind);
    const content = await this.produce(op, parent);
    this.#times += 1;
    return this.#root(parent, layer(content, `${content} at ${this.#times}${this.name}`));
  }

  #root(parent: Root, {diffID, contentDigest, size}: LayerSummary): Snapshot {
    const chainID = parent ? digestOf(`${parent.chainID} ${diffID}`) : diffID;
    const snapshot: Snapshot = {
      id: chainID.slice(7, 23),
      chainID,
      diffID,
      size,
      contentDigest,
      path: '/nowhere',
      createdAt: '2026-01-01T00:00:00Z',
      ...(parent ? {parent: parent.id} : {}),
    };
    this.roots.set(chainID, snapshot);
    if (parent) this.#parents.set(chainID, parent.chainID);
    return snapshot;
  }
}

const blobOf = (diffID: Digest) => describe(MediaType.layerGzip, Buffer.from(diffID));

const layer = (content: string, bytes: string): LayerSummary => ({
  diffID: digestOf(bytes),
  contentDigest: digestOf(content),
  size: bytes.length,
});
