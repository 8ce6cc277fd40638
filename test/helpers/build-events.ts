/** Events of made-up builds, for the tests of progress. */
import type {BuildEvent} from '../../src/app/build/build-event.js';
import type {BuildStep} from '../../src/frontend/build-definition.js';
import type {Op} from '../../src/graph/op.js';
import {type Vertex, vertex} from '../../src/graph/vertex.js';
import {type Digest, digestOf} from '../../src/oci/digest.js';

export const run = (name: string, command: string, inputs: (Vertex | null)[] = [null]): Vertex =>
  vertex({
    name,
    inputs,
    op: {
      kind: 'run',
      args: ['/bin/sh', '-c', command],
      env: [],
      workingDirectory: '/',
      user: '',
      network: 'default',
    },
  });

export const from = (reference: string): Vertex => {
  const op: Op = {
    kind: 'image',
    reference,
    manifest: digestOf(reference),
    platform: {os: 'linux', architecture: 'amd64'},
  };
  return vertex({name: `[1/3] FROM ${reference}`, inputs: [], op});
};

export interface StepDraft {
  readonly text: string;
  readonly vertex: Vertex | null;
  readonly owns: boolean;
}

export const steps = (drafts: readonly StepDraft[]): BuildStep[] =>
  drafts.map((draft, index) => ({
    ...draft,
    index: index + 1,
    total: drafts.length,
    stage: '0',
    lines: {first: index + 1, last: index + 1},
    state: {config: {architecture: 'amd64', os: 'linux', config: {}}, history: []},
  }));

export const imageID = (number: number): Digest => digestOf(`image ${number}`);

export const loaded = (
  built: readonly BuildStep[],
  warnings: Extract<BuildEvent, {kind: 'loaded'}>['warnings'] = [],
): BuildEvent => ({
  kind: 'loaded',
  dockerfile: {name: 'Dockerfile', text: built.map(({text}) => `${text}\n`).join('')},
  contextBytes: 5120,

  steps: built,
  warnings,
});

export const started = (of: Vertex, at: number): BuildEvent => ({kind: 'started', vertex: of, at});

export const wrote = (of: Vertex, at: number, text: string | Uint8Array): BuildEvent => ({
  kind: 'log',
  vertex: of,
  at,
  stream: 'stdout',
  data: typeof text === 'string' ? Buffer.from(text) : text,
});

export const finished = (of: Vertex, at: number, cached = false): BuildEvent => ({
  kind: 'finished',
  vertex: of,
  at,
  cached,
  chainID: undefined,
  key: undefined,
});

export const failed = (of: Vertex, at: number, message: string): BuildEvent => ({
  kind: 'failed',
  vertex: of,
  at,
  error: new Error(message),
});

export const canceled = (of: Vertex, at: number): BuildEvent => ({
  kind: 'canceled',
  vertex: of,
  at,
});

export const stepDone = (step: BuildStep | undefined, cached = false): BuildEvent => {
  if (step === undefined) throw new Error('no such step');
  return {kind: 'step', step, imageID: imageID(step.index), cached};
};

export const exported = (number: number, tags: readonly string[]): BuildEvent => ({
  kind: 'exported',
  type: 'image',
  destination: undefined,
  imageID: imageID(number),
  manifest: digestOf(`manifest ${number}`),
  tags,
});
