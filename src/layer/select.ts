/**
 * Which files a COPY takes, and a digest over them that changes when, and only when, the copy would.
 *
 * In the digest: each file's path below its source, type, mode, owner, size, link target, device numbers,
 * attributes (user.* and security.capability) and the sha256 of its bytes. Not in it: times, inodes, where the source
 * is. A directory named as a source gives its content, so its own name and mode do not enter; a file gives its
 * name, unless the caller says that the copy fixes it; of a wildcard, the names it matches enter.
 *
 * With `parents` a source is `base/./path`: the files that the path matches below the base, and what leads to them.
 *
 * A symlink named as a source is followed inside the root, as BuildKit does (FollowSymlinks in dockerfile2llb); a
 * symlink below a directory stays a symlink. Sockets are left out.
 */
import {createHash, type Hash} from 'node:crypto';
import {posix} from 'node:path';
import {type ByteString, fromText, toText} from '../archive/byte-string.js';
import {type Digest, finish} from '../oci/digest.js';
import {headerText, type Manifest, type ManifestEntry, ManifestWriter} from './manifest.js';
import {isDirectory} from './overlay-form.js';
import {hasWildcard} from './source/glob.js';
import {IgnorePatterns} from './source/ignore-patterns.js';
import {missingSource} from './source/missing-source.js';
import {isMissing, parentsOf} from './source/parents.js';
import {expand, type Located, locate} from './source/source-root.js';
import {SourceWalk} from './source/source-walk.js';
import {StatCache} from './source/stat-cache.js';

export interface SelectRequest {
  /** The context, or a mounted root. */
  readonly root: string;
  /** Relative to the root, globs as written; a leading / and `..` stay inside. */
  readonly sources: readonly string[];
  /** Lines of .dockerignore; for a context. */
  readonly ignore?: readonly string[];
  /** COPY --exclude: relative to each source. */
  readonly excludes?: readonly string[];
  /** COPY --parents. */
  readonly parents?: boolean;
  /** 'root' for a context: every file counts as 0:0. 'source' keeps the owners found. */
  readonly owner: 'root' | 'source';
  /** 'git' for modes that do not tell of the umask files were checked out under; by default those found. */
  readonly modes?: 'found' | 'git';
  /** True when the name of a single source file cannot matter: its destination is a file's path. */
  readonly fixedName?: boolean;
  /** Where digests by stat are kept between builds. */
  readonly statCache?: string;
}

export interface TreeSelection {
  readonly digest: Digest;
  readonly manifest: Manifest;
  /** Entries, directories included, and bytes of content. */
  readonly entries: number;
  readonly bytes: number;
}

/** Throws SourceMissingError, BadPatternError, FileChangedError, SymlinkLoopError. */
export function selectTree(request: SelectRequest): TreeSelection {
  const cache = new StatCache(request.statCache);
  const walk = new SourceWalk({
    root: fromText(request.root),
    ignore: new IgnorePatterns(request.ignore ?? []),
    excludes: new IgnorePatterns(request.excludes ?? []),
    owner: request.owner,
    modes: request.modes ?? 'found',
    cache,
  });
  const collected = new Collector(request.fixedName === true && request.sources.length === 1);
  for (const source of request.sources) selectSource(source, request, {walk, collected});
  cache.save();
  return collected.result();
}

function selectSource(
  source: string,
  request: SelectRequest,
  {walk, collected}: {walk: SourceWalk; collected: Collector},
): void {
  const root = fromText(request.root);
  const {base, wanted} = request.parents === true ? parentsOf(source) : {base: source};
  const clean = posix.join('/', base).slice(1).replace(/\/$/, '');
  const wild = clean.split('/').some(hasWildcard);
  const paths = wild ? expand(root, clean) : [fromText(clean)];
  const take = (path: ByteString, located: Located): number | undefined => {
    collected.begin({path, located, wild});
    return walk.entries(located, path, {includes: wanted?.patterns, into: collected.add});
  };
  for (const path of paths) {
    const located = locate(root, path);
    const taken = located && !walk.isIgnored(path) ? take(path, located) : undefined;
    if (taken === undefined || (!wild && isMissing(taken, wanted))) {
      // A wildcard passes over what .dockerignore excludes.
      if (wild && walk.isIgnored(path)) continue;
      throw missingSource(request, posix.join(toText(path), wanted?.plain ?? ''));
    }
  }
}

/** Gathers text in batches: one update of the hash per entry would cost more than the hashing. */
class Collector {
  readonly #hash: Hash = createHash('sha256');
  readonly #fixedName: boolean;
  #headers = '';
  readonly #manifest = new ManifestWriter();
  #entries = 0;
  #bytes = 0;

  constructor(fixedName: boolean) {
    this.#fixedName = fixedName;
  }

  /** What is added now is of this source. */
  begin({
    path,
    located,
    wild,
  }: {
    readonly path: ByteString;
    readonly located: Located;
    readonly wild: boolean;
  }): void {
    const name = posix.basename(path);
    const nameless = isDirectory(located.stat) || this.#fixedName;
    const shown = wild ? path : name;
    this.#headers += `source\0${nameless && !wild ? '' : shown}\0`;
    this.#manifest.open(located.path, name);
  }

  readonly add = (entry: ManifestEntry): void => {
    this.#entries++;
    this.#bytes += entry.size;
    this.#manifest.add(entry);
    // A source directory itself is not copied, only what it holds.
    if (entry.path !== '' || entry.kind !== 'directory') {
      this.#headers += headerText(entry, entry.path);
    }
    if (this.#headers.length > 1 << 16) this.#flush();
  };

  #flush(): void {
    this.#hash.update(this.#headers, 'latin1');
    this.#headers = '';
  }

  result(): TreeSelection {
    this.#flush();
    return {
      digest: finish(this.#hash),
      manifest: this.#manifest.finish(),
      entries: this.#entries,
      bytes: this.#bytes,
    };
  }
}
