/** The Dockerfile's instructions, parsed and not expanded: a variable's value depends on the stage. */
import type {HereDocument} from './here-document.js';
import type {Lines} from './location.js';
import type {MountFlag} from './mount-flag.js';

export type Instruction =
  | FromInstruction
  | RunInstruction
  | CopyInstruction
  | AddInstruction
  | CommandInstruction
  | ShellInstruction
  | PairsInstruction
  | ArgInstruction
  | TextInstruction
  | ExposeInstruction
  | VolumeInstruction
  | HealthcheckInstruction
  | OnbuildInstruction;

interface Written {
  readonly lines: Lines;
  /** The logical line, trimmed: continuations joined, comments gone. */
  readonly source: string;
  /** As docker's classic builder echoes it: keyword, flags and the values it kept, a blank between. */
  readonly echo: string;
  /** The comment right above, a line each. */
  readonly comments: readonly string[];
}

export interface FromInstruction extends Written {
  readonly kind: 'from';
  readonly base: string;
  /** Lower case. */
  readonly name: string | undefined;
  /** The keyword before the name, and the name, as the file has them. */
  readonly written: {readonly as: string; readonly name: string} | undefined;
  readonly platform: string | undefined;
}

/** Exec form (`exec`: a vector) or shell form (one text for the shell). */
export interface CommandLine {
  readonly form: 'exec' | 'shell';
  readonly words: readonly string[];
}

export interface RunInstruction extends Written {
  readonly kind: 'run';
  /** With its here-documents, as the shell reads them. */
  readonly command: CommandLine;
  /** The here-document that is the whole command, as in `RUN <<EOF`. */
  readonly script: HereDocument | undefined;
  readonly network: 'default' | 'none' | 'host' | undefined;
  readonly security: 'sandbox' | 'insecure' | undefined;
  readonly mounts: readonly MountFlag[];
}

export interface CommandInstruction extends Written {
  readonly kind: 'cmd' | 'entrypoint';
  readonly command: CommandLine;
}

export interface ShellInstruction extends Written {
  readonly kind: 'shell';
  readonly shell: readonly string[];
}

interface Transfer extends Written {
  readonly sources: readonly string[];
  /** Files that stand in the Dockerfile; with `sources`, at least one. */
  readonly documents: readonly HereDocument[];
  readonly destination: string;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  /** A layer of its own, which does not know the root it goes on. */
  readonly link: boolean;
  /** Patterns like those of an ignore file, relative to each source. */
  readonly excludes: readonly string[];
}

export interface CopyInstruction extends Transfer {
  readonly kind: 'copy';
  /** Stage name, stage index or image. */
  readonly from: string | undefined;
  /** The directories above each file come along. */
  readonly parents: boolean;
}

export interface AddInstruction extends Transfer {
  readonly kind: 'add';
  /** Whether tar archives are unpacked; without a word, those of the context are. */
  readonly unpack: boolean | undefined;
  /** Of a file, `sha256:…`; of a repository its commit. */
  readonly checksum: string | undefined;
  readonly keepGitDir: boolean | undefined;
}

export interface Pair {
  readonly key: string;
  readonly value: string;
}

export interface PairsInstruction extends Written {
  readonly kind: 'env' | 'label';
  readonly pairs: readonly Pair[];
  /** `KEY rest of the line`. */
  readonly legacy: boolean;
}

export interface ArgInstruction extends Written {
  readonly kind: 'arg';
  readonly args: readonly {readonly key: string; readonly value: string | undefined}[];
}

/** Instructions whose argument is the whole rest of the line. */
export interface TextInstruction extends Written {
  readonly kind: 'workdir' | 'user' | 'stopsignal' | 'maintainer';
  readonly text: string;
}

export interface ExposeInstruction extends Written {
  readonly kind: 'expose';
  readonly ports: readonly string[];
}

export interface VolumeInstruction extends Written {
  readonly kind: 'volume';
  readonly paths: readonly string[];
}

export interface HealthcheckInstruction extends Written {
  readonly kind: 'healthcheck';
  /** As the image config wants it: `NONE`, or `CMD` and a vector, or `CMD-SHELL` and a text. */
  readonly test: readonly string[];
  /** Nanoseconds; 0 inherits. */
  readonly interval: number;
  readonly timeout: number;
  readonly startPeriod: number;
  readonly startInterval: number;
  readonly retries: number;
}

export interface OnbuildInstruction extends Written {
  readonly kind: 'onbuild';
  /** The trigger's text, as the image config keeps it. */
  readonly trigger: string;
}
