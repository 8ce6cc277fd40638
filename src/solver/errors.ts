import {TsbuildError} from '../base/error.js';
import type {Vertex} from '../graph/vertex.js';
import {SourceMissingError} from '../layer/errors.js';
import type {Digest} from '../oci/digest.js';

/**
 * A step did not succeed: keeps the vertex, and so the lines of the Dockerfile. The hint is the vertex's where what failed is
 * what its instruction asked for, else the cause's.
 */
export class SolveError extends TsbuildError {
  readonly code = 'E_STEP_FAILED';
  readonly vertex: Vertex;

  constructor(vertex: Vertex, cause: Error) {
    const asked = cause instanceof SourceMissingError || cause instanceof ProcessFailedError;
    const own = cause instanceof TsbuildError ? cause.hint : undefined;
    const hint = asked ? (vertex.hint ?? own) : own;
    super(`failed to solve: ${cause.message}`, {cause, ...(hint === undefined ? {} : {hint})});
    this.vertex = vertex;
  }
}

/** The process of a RUN ended with another code than 0. */
export class ProcessFailedError extends TsbuildError {
  readonly code = 'E_PROCESS_FAILED';
  readonly exitCode: number;

  constructor(args: readonly string[], exitCode: number) {
    super(
      `process ${JSON.stringify(args.join(' '))} did not complete successfully: exit code: ${exitCode}`,
    );
    this.exitCode = exitCode;
  }
}

/** The build was stopped from outside. */
export class CanceledError extends TsbuildError {
  readonly code = 'E_CANCELED';

  constructor() {
    super('build canceled');
  }
}

/** A RUN requires a secret that was not given. */
export class SecretNotFoundError extends TsbuildError {
  readonly code = 'E_SECRET_NOT_FOUND';

  constructor(id: string) {
    super(`secret ${id}: not found`, {hint: `Give it with --secret id=${id},src=FILE.`});
  }
}

/** A RUN requires an ssh agent that was not given. */
export class AgentNotFoundError extends TsbuildError {
  readonly code = 'E_SSH_AGENT_NOT_FOUND';

  constructor(id: string) {
    super(`ssh agent ${id}: not found`, {hint: `Give it with --ssh ${id}.`});
  }
}

/** A layer of a shared cache is not what it was said to be, or cannot be had: its step runs here. */
export class ImportedLayerError extends TsbuildError {
  readonly code = 'E_IMPORTED_LAYER';
  readonly layer: Digest;

  constructor(layer: Digest, cause: Error) {
    super(`layer ${layer} of a shared cache cannot be used: ${cause.message}`, {cause});
    this.layer = layer;
  }
}
