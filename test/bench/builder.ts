import type {Shell} from './shell.js';

/** An image builder under measurement. Commands are lines for a shell; images are `bench-<workload>`. */
export interface Builder {
  readonly name: string;
  readonly shell: Shell;
  /** A shell that may drop the page cache of the machine the builder is on. */
  readonly root: Shell;
  /** What a warm machine has in memory: programs and the store. */
  readonly warm: readonly string[];
  /** Takes a base image in, from an archive. */
  load(archive: string): void;
  /** Forgets the image and all build cache; bases stay. */
  wipe(image: string): void;
  /** Whether a second push finds what the first one compressed. */
  readonly keepsPacked?: boolean;
  /** What it cannot do is absent. */
  tag?(image: string, name: string): void;
  /** Forgets these and all build cache, bases too. */
  forget?(images: readonly string[]): void;
  readonly build?: (context: string, image: string) => string;
  readonly run?: (image: string, command: string) => string;
  readonly save?: (image: string, path: string) => string;
  /** To a registry of this machine, which speaks plain http; `name` is what `tag` made. */
  readonly push?: (image: string, name: string) => string;
  readonly pullAndRun?: (name: string, command: string) => string;
  readonly version?: string;
}
