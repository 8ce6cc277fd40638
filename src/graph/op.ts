/**
 * What a vertex does. Plain data without host paths or times: equal ops on equal inputs are equal work.
 *
 * Adding a member must fail to compile wherever ops are handled.
 */
import type {Digest} from '../oci/digest.js';
import type {Platform} from '../oci/platform.js';
import type {RunMount} from './run-mount.js';

export type Op = ImageOp | FetchOp | RunOp | CopyOp | MakeDirectoryOp | MergeOp;

/** The rootfs of an image. No inputs. */
export interface ImageOp {
  readonly kind: 'image';
  /** As written, for people; not part of the key. */
  readonly reference: string;
  readonly manifest: Digest;
  readonly platform: Platform;
}

/** Files of the network. No inputs; what they are is known once somebody asked for them. */
export type FetchOp = HttpOp | GitOp;

/** One file, alone in a root: 0600 of root, its time that of its Last-Modified. */
export interface HttpOp {
  readonly kind: 'http';
  readonly url: string;
  /** In the root. */
  readonly name: string;
  /** `sha256:…`, or sha384, or sha512. */
  readonly checksum?: string;
}

/** A commit, or a directory of it. */
export interface GitOp {
  readonly kind: 'git';
  /** As git takes it. */
  readonly remote: string;
  /** Branch, tag, full name of a ref, or a commit id; the remote's HEAD without one. */
  readonly ref?: string;
  /** Cleaned, relative. */
  readonly subdir?: string;
  /** Hexadecimal digits that the commit's id begins with. */
  readonly checksum?: string;
  readonly keepGitDir: boolean;
  readonly submodules: boolean;
  /** Time of the files: when they were checked out, or when the commit was made. */
  readonly mtime: 'checkout' | 'commit';
}

/** A process over inputs[0]; an absent input 0 is the empty root. Its mounts read the other inputs. */
export interface RunOp {
  readonly kind: 'run';
  /** The vector to execute: the shell form is already wrapped in SHELL. */
  readonly args: readonly string[];
  /** A here-document with an interpreter's line: the file of this name in /dev/pipes. */
  readonly script?: InlineFile;
  /** In order, ENV then the declared ARGs. */
  readonly env: readonly string[];
  readonly workingDirectory: string;
  readonly user: string;
  readonly network: 'default' | 'none' | 'host';
  /** Absent is the sandbox. */
  readonly security?: 'insecure';
  /** Names that --add-host gives an address; the addresses are the machine's own business. */
  readonly extraHosts?: readonly string[];
  readonly mounts?: readonly RunMount[];
  /** Of the machine the process sees; without one it is the sandbox's usual. */
  readonly hostname?: string;
}

/** A file that the graph itself brings along. */
export interface InlineFile {
  /** Without slashes. */
  readonly name: string;
  readonly content: string;
}

/** COPY and ADD of local files: inputs[0] is the root copied onto, inputs[1] (when `from` is 'input') the root copied from. */
export interface CopyOp {
  readonly kind: 'copy';
  readonly from: 'context' | 'input';
  /** Which of the build's contexts, for `from: 'context'`; the one of the build without a name. */
  readonly context?: string;
  /** Cleaned, relative to the source root, globs as written. */
  readonly sources: readonly string[];
  /** Copied after the sources, each on its own; 0644 and 0:0 unless the copy says otherwise. */
  readonly files?: readonly InlineFile[];
  /** Absolute in the root; ends with a slash when it must be a directory. */
  readonly destination: string;
  /** `user[:group]`, names looked up in inputs[0]. */
  readonly chown?: string;
  /** Octal or symbolic, as written after expansion. */
  readonly chmod?: string;
  readonly excludes: readonly string[];
  /** Sources are `base/./path`, and keep the path below the destination. */
  readonly parents?: true;
  /** ADD: a source that is a tar archive, by content, is unpacked. */
  readonly unpack: boolean;
}

/** The layer of inputs[1], which was made on the empty root and so has a key without inputs[0], on top of that. */
interface MergeOp {
  readonly kind: 'merge';
}

/** WORKDIR: the directory and its missing parents. */
export interface MakeDirectoryOp {
  readonly kind: 'mkdir';
  readonly path: string;
  /** USER at this point: the owner of what is made. */
  readonly user: string;
}
