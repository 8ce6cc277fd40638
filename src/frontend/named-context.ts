/**
 * What `--build-context` puts in the place of an image, or of a stage, that a Dockerfile names.
 *
 * Source  docker buildx build's reference, --build-context; buildkit v0.26 frontend/dockerui/namedcontext.go.
 */
import type {FetchOp} from '../graph/op.js';
import {InvalidReferenceError} from '../oci/errors.js';
import {familiarReference, parseReference} from '../oci/reference.js';

export type NamedContext =
  /** Another image, by a reference or by another address that `ResolveImage` knows; `scratch` is the empty one. */
  | {readonly kind: 'image'; readonly reference: string}
  /** Files of a directory, which the op knows by the context's name. */
  | {readonly kind: 'directory'; readonly name: string}
  /** Files of the network; the name is for people. */
  | {readonly kind: 'fetched'; readonly name: string; readonly op: FetchOp};

/** A context that is files and no image. */
export type SourceContext = Exclude<NamedContext, {readonly kind: 'image'}>;

/**
 * The one spelling of a context's name: `docker.io/library/alpine:latest` is `alpine`. Undefined for what names no image, and
 * so no context.
 */
export function contextName(text: string): string | undefined {
  try {
    return familiarReference(parseReference(text)).replace(/:latest$/, '');
  } catch (error) {
    if (error instanceof InvalidReferenceError) return undefined;
    throw error;
  }
}

export class NamedContexts {
  readonly #contexts: ReadonlyMap<string, NamedContext>;

  /** By `contextName`. */
  constructor(contexts: ReadonlyMap<string, NamedContext> = new Map()) {
    this.#contexts = contexts;
  }

  find(name: string | undefined): NamedContext | undefined {
    if (name === undefined || this.#contexts.size === 0) return undefined;
    const key = contextName(name);
    return key === undefined ? undefined : this.#contexts.get(key);
  }
}
