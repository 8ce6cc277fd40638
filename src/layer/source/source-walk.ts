/** The files below one source of a COPY, filtered, told in the order of a layer's tar, with the digests of their bytes. */
import {readdirSync, type Stats} from 'node:fs';
import {asPath, type ByteString, toText} from '../../archive/byte-string.js';
import {readFacts, relevantXattrs} from '../file-facts.js';
import type {ManifestEntry} from '../manifest.js';
import {isDirectory} from '../overlay-form.js';
import {lstat} from '../target/lower-stack.js';
import {digestFile} from './file-digest.js';
import {gitMode} from './git-mode.js';
import type {IgnoreMatch, IgnorePatterns} from './ignore-patterns.js';
import type {Located} from './source-root.js';
import type {StatCache} from './stat-cache.js';

export interface WalkOptions {
  readonly root: ByteString;
  readonly ignore: IgnorePatterns;
  readonly excludes: IgnorePatterns;
  readonly owner: 'root' | 'source';
  readonly modes: 'found' | 'git';
  readonly cache: StatCache;
}

/** What is wanted of a source. */
interface Wanted {
  /** All that is wanted of a directory, with what leads there; undefined is everything. */
  readonly includes: IgnorePatterns | undefined;
  readonly into: (entry: ManifestEntry) => void;
}

/** A directory being walked. */
interface Level {
  readonly real: ByteString;
  /** From the root, as text: what .dockerignore is about. */
  readonly inRoot: string;
  /** From the source. */
  readonly inSource: ByteString;
  readonly ignored: IgnoreMatch | undefined;
  readonly excluded: IgnoreMatch | undefined;
  /** Undefined where everything is. */
  readonly included: IgnoreMatch | undefined;
}

interface Child {
  readonly name: ByteString;
  readonly key: ByteString;
  readonly stat: Stats;
}

export class SourceWalk {
  readonly #options: WalkOptions;
  #includes: IgnorePatterns | undefined;
  #into: Wanted['into'] = () => undefined;
  #told = 0;
  /** Directories that are out, and there for what is wanted below them, if there is any. */
  readonly #provisional: ManifestEntry[] = [];

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  /** Whether .dockerignore takes the path out, with all that is below it. */
  isIgnored(path: ByteString): boolean {
    const {ignore} = this.#options;
    if (ignore.isEmpty || path === '') return false;
    return ignore.matchPath(toText(path)).ignored && !ignore.mayReinclude(toText(path));
  }

  /** How many entries were told; undefined when nothing is left of the source. `path` is the source's path as named. */
  entries(source: Located, path: ByteString, {includes, into}: Wanted): number | undefined {
    const {root, ignore, excludes} = this.#options;
    const inRoot = toText(source.path);
    const ignored = ignore.isEmpty || inRoot === '' ? undefined : ignore.matchPath(inRoot);
    const real = source.path === '' ? root : `${root}/${source.path}`;
    this.#told = 0;
    this.#into = into;
    this.#includes = includes;
    if (!isDirectory(source.stat)) {
      const name = toText(path.slice(path.lastIndexOf('/') + 1));
      if (ignored?.ignored === true) return undefined;
      if (includes !== undefined) return 0;
      if (!excludes.isEmpty && excludes.match(name).ignored) return 0;
      this.#tell(this.#entry(real, '', source.stat));
      return this.#told;
    }
    const top = {real, inRoot, inSource: '', ignored, excluded: undefined, included: undefined};
    this.#directory(top, source.stat);
    return this.#told === 0 ? undefined : this.#told;
  }

  #directory(level: Level, stat: Stats): void {
    const depth = this.#provisional.length;
    const entry = this.#entry(level.real, level.inSource, stat);
    if (!isOut(level)) this.#tell(entry);
    else if (entry !== undefined) this.#provisional.push(entry);
    for (const child of list(level.real)) {
      const below = this.#below(level, child);
      if (isDirectory(child.stat)) {
        if (!isOut(below) || this.#mayHold(below)) this.#directory(below, child.stat);
      } else if (!isOut(below)) {
        this.#tell(this.#entry(below.real, below.inSource, child.stat));
      }
    }
    if (this.#provisional.length > depth) this.#provisional.length = depth;
  }

  #tell(entry: ManifestEntry | undefined): void {
    if (entry === undefined) return;
    for (const above of this.#provisional) this.#into(above);
    this.#told += this.#provisional.length + 1;
    this.#provisional.length = 0;
    this.#into(entry);
  }

  #below(level: Level, {name}: Child): Level {
    const {ignore, excludes} = this.#options;
    const real = `${level.real}/${name}`;
    const inSource = level.inSource === '' ? name : `${level.inSource}/${name}`;
    const inRoot = this.#inRoot(level, name);
    const ignored = ignore.isEmpty ? undefined : ignore.match(inRoot, level.ignored);
    const excluded = excludes.isEmpty
      ? undefined
      : excludes.match(toText(inSource), level.excluded);
    const included = this.#includes?.match(toText(inSource), level.included);
    return {real, inRoot, inSource, ignored, excluded, included};
  }

  #inRoot(level: Level, name: ByteString): string {
    if (this.#options.ignore.isEmpty) return '';
    return level.inRoot === '' ? toText(name) : `${level.inRoot}/${toText(name)}`;
  }

  /** Whether something below a directory that is out may be in. */
  #mayHold(directory: Level): boolean {
    const {ignore, excludes} = this.#options;
    const {inRoot, inSource, ignored, excluded, included} = directory;
    return (
      (ignored?.ignored !== true || ignore.mayReinclude(inRoot)) &&
      (excluded?.ignored !== true || excludes.mayReinclude(toText(inSource))) &&
      (included?.ignored !== false || this.#includes?.mayMatchBelow(toText(inSource)) === true)
    );
  }

  /** Undefined of what no archive holds. */
  #entry(real: ByteString, path: ByteString, stat: Stats): ManifestEntry | undefined {
    const known = this.#options.cache.find(stat);
    const xattrs = known === undefined ? relevantXattrs(real, stat) : none;
    const facts = readFacts(real, stat, xattrs);
    if (facts === undefined || facts.type === 'hard-link') return undefined;
    const {type, deviceMajor, deviceMinor} = facts;
    const digest = known ?? (type === 'file' ? digestFile(real, stat.size) : '');
    // What the cache knows has no attributes: they need not be asked for again.
    const cacheable = type === 'file' || type === 'directory';
    if (known === undefined && xattrs.length === 0 && cacheable) {
      this.#options.cache.add(stat, digest);
    }
    const device = type === 'character-device' || type === 'block-device';
    const {owner, modes} = this.#options;
    const keep = owner === 'source';
    return {
      kind: type,
      path,
      mode: modes === 'git' ? gitMode(facts) : facts.mode,
      uid: keep ? facts.uid : 0,
      gid: keep ? facts.gid : 0,
      size: facts.size,
      mtime: facts.mtime,
      link: device ? `${deviceMajor}:${deviceMinor}` : facts.linkName,
      digest: type === 'file' ? digest : '',
      xattrs: facts.xattrs,
    };
  }
}

const isOut = ({ignored, excluded, included}: Level): boolean =>
  ignored?.ignored === true || excluded?.ignored === true || included?.ignored === false;

const none: readonly string[] = [];

function list(path: ByteString): Child[] {
  const children: Child[] = [];
  for (const name of readdirSync(asPath(path), 'latin1')) {
    const stat = lstat(`${path}/${name}`);
    if (stat !== undefined) children.push({name, key: isDirectory(stat) ? `${name}/` : name, stat});
  }
  return children.sort((left, right) => (left.key < right.key ? -1 : 1));
}
