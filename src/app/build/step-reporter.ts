/**
 * Vertices finish in any order; a transcript tells steps in the Dockerfile's. A step is told when its vertex and all
 * steps before it are done, with the id of the image as it stands then.
 */
import {stepID} from '../../export/image/step-id.js';
import type {BuildDefinition, BuildStep} from '../../frontend/build-definition.js';
import type {Digest} from '../../oci/digest.js';
import type {Snapshotter} from '../../snapshot/snapshotter.js';
import type {SolveEvent} from '../../solver/events.js';
import type {BuildEvent} from './build-event.js';

type Finished = Extract<SolveEvent, {kind: 'finished'}>;
type StepEvent = Extract<BuildEvent, {kind: 'step'}>;

export class StepReporter {
  readonly #waiting: BuildStep[];
  readonly #epoch: Date | undefined;
  readonly #snapshots: Snapshotter;
  readonly #done = new Map<Digest, Finished>();

  constructor({steps, epoch}: Pick<BuildDefinition, 'steps' | 'epoch'>, snapshots: Snapshotter) {
    this.#waiting = [...steps];
    this.#epoch = epoch;
    this.#snapshots = snapshots;
  }

  /** The steps that can be told now that a vertex is done. */
  *after(event: Finished): Generator<StepEvent> {
    this.#done.set(event.vertex.id, event);
    for (let step = this.#waiting[0]; step && this.#isDone(step); step = this.#waiting[0]) {
      this.#waiting.shift();
      yield {kind: 'step', step, imageID: this.#imageID(step), cached: this.#cached(step)};
    }
  }

  #isDone({vertex}: BuildStep): boolean {
    return vertex === null || this.#done.has(vertex.id);
  }

  /** Metadata has nothing to run again: it is as cached as the step it stands on. */
  #cached({vertex}: BuildStep): boolean {
    return vertex !== null && this.#done.get(vertex.id)?.cached === true;
  }

  #imageID(step: BuildStep): Digest {
    const rootOf = ({id}: {id: Digest}) => {
      const chainID = this.#done.get(id)?.chainID;
      return chainID && this.#snapshots.find(chainID);
    };
    return stepID(step, {snapshots: this.#snapshots, rootOf, epoch: this.#epoch});
  }
}
