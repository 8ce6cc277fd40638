/** What a build can be asked for, the shapes are docker's flags; and who is told of it. */
import type {BuildContext} from '../context/build-context.js';
import type {ImageAccess} from '../registry/image-source.js';
import type {BuildEvent} from './build-event.js';
import type {RunOptions} from './run-options/run-options.js';
import type {CacheRequest} from './shared-cache/cache-option.js';

export interface BuildRequest extends RunOptions, ImageAccess, CacheRequest {
  /** Directory to build from; `-`, an archive of it, or a Dockerfile alone, on stdin; or an address: of either, or a repository. */
  readonly context: string;
  /** Path or address of the Dockerfile, or `-` for stdin; by default `Dockerfile` in the context. */
  readonly dockerfile?: string;
  /** References to give the image. */
  readonly tags?: readonly string[];
  /** `name=directory`, or another source, in the place of an image or a stage of that name. */
  readonly buildContexts?: readonly string[];
  readonly target?: string;
  /** Files of contexts count, and are copied, with the modes git would give them: 0755 or 0644. */
  readonly normalizeModes?: boolean;
  /** `KEY=VALUE`, or `KEY` for the environment's value. SOURCE_DATE_EPOCH of the environment is one unless given. */
  readonly buildArgs?: readonly string[];
  /** `KEY=VALUE`. */
  readonly labels?: readonly string[];
  readonly noCache?: boolean;
  /** Stages, by name or number, whose steps run afresh. */
  readonly noCacheFilter?: readonly string[];
  /** How many steps may be worked at at once; by default all that can. */
  readonly jobs?: number;
  /** What the build is listed under, and its uses of the cache; by default the name of the context's directory. */
  readonly project?: string;
  /** `os/architecture[/variant]`; by default this machine's. */
  readonly platform?: string;
  /** Network of RUN steps that do not say; `default` is the host's. */
  readonly network?: 'default' | 'host' | 'none';
  /** `network.host`, `security.insecure`: what RUN steps may ask for. */
  readonly allow?: readonly string[];
  /** PEM file of authorities that RUN steps trust besides the public ones. */
  readonly caCert?: string;
  /** OCI runtime to run steps with, instead of tsbuild's own. */
  readonly runtime?: string;
  /** `--output`; by default the image goes to the store. */
  readonly outputs?: readonly string[];
  /** `[PLACE:]KEY=VALUE` for the image's manifest, or for what names that. */
  readonly annotations?: readonly string[];
  /** File to write the image id to. */
  readonly iidfile?: string;
  /** File to write what came out to, as JSON under docker's keys. */
  readonly metadataFile?: string;
  /** Directory of the store. */
  readonly root?: string;
}

export interface BuildObserver {
  readonly onEvent: (event: BuildEvent) => void;
  readonly signal: AbortSignal;
  /** Counts the files of the context first. */
  readonly measureContext?: boolean;
  /** Gives the `step` events. */
  readonly reportSteps?: boolean;
  /** Gives the `explained` events. */
  readonly explainSteps?: boolean;
}

export const projectOf = ({project}: BuildRequest, {name}: BuildContext): string => project ?? name;
