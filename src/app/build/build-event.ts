import type {Explanation} from '../../cache/explain/explain.js';
import type {LintWarning} from '../../dockerfile/lint/rule.js';
import type {BuildStep} from '../../frontend/build-definition.js';
import type {Vertex} from '../../graph/vertex.js';
import type {Digest} from '../../oci/digest.js';
import type {SolveEvent} from '../../solver/events.js';

/** What happens in a build, in order. */
export type BuildEvent =
  /** The Dockerfile is read, not yet understood. */
  | {readonly kind: 'source'; readonly dockerfile: {readonly name: string; readonly text: string}}
  | {
      readonly kind: 'loaded';
      readonly dockerfile: {readonly name: string; readonly text: string};
      /** Of the files in the context that are not ignored; only when `measureContext` was asked for. */
      readonly contextBytes: number | undefined;
      readonly steps: readonly BuildStep[];
      readonly warnings: readonly LintWarning[];
    }
  | SolveEvent
  /** Why the step ran; only when `explainSteps` was asked for. */
  | {
      readonly kind: 'explained';
      readonly vertex: Vertex;
      readonly explanation: Explanation;
    }
  /** The build goes on without something that was asked for. */
  | {readonly kind: 'warning'; readonly message: string}
  /** In the Dockerfile's order, each when its work is done: what the classic transcript shows. */
  | {
      readonly kind: 'step';
      readonly step: BuildStep;
      readonly imageID: Digest;
      readonly cached: boolean;
    }
  /** One for each output. */
  | {
      readonly kind: 'exported';
      /** As `--output` names it: image, oci, local and so on. */
      readonly type: string;
      /** Absent for the store. */
      readonly destination: string | undefined;
      /** Absent when the output is no image. */
      readonly imageID?: Digest;
      readonly manifest?: Digest;
      /** As people read them: `hello:latest`. */
      readonly tags: readonly string[];
    };
