/** A folder of fixtures/dockerfiles: what goes in, and the text that shows what came out. */
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {TsbuildError} from '../../src/base/error.js';
import {DockerfileError} from '../../src/dockerfile/errors.js';
import {fileText} from '../../src/dockerfile/file-text.js';
import {sourceFrame} from '../../src/dockerfile/source-frame.js';
import type {BuildDefinition, HistoryDraft} from '../../src/frontend/build-definition.js';
import {type LowerInput, lower} from '../../src/frontend/lower.js';
import type {Vertex} from '../../src/graph/vertex.js';
import {digestOf} from '../../src/oci/digest.js';
import type {ImageConfig} from '../../src/oci/image-config.js';

const root = join(import.meta.dirname, '../../fixtures/dockerfiles');

interface ImageFixture {
  readonly layers: number;
  readonly author?: string;
  /** By default the one asked for. */
  readonly architecture?: string;
  readonly config: ImageConfig['config'];
}

const images: Readonly<Record<string, ImageFixture>> = JSON.parse(
  readFileSync(join(root, 'images.json'), 'utf8'),
);

export const caseNames = (): string[] =>
  readdirSync(root, {withFileTypes: true})
    .filter((entry) => entry.isDirectory())
    .map(({name}) => name)
    .sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));

const rank = (name: string): number => (name.startsWith('error-') ? 0 : 1);

export const expectationPath = (name: string): string =>
  join(root, name, name.startsWith('error-') ? 'expected.txt' : 'expected.json');

class NoSuchImage extends TsbuildError {
  readonly code = 'E_NO_SUCH_IMAGE';
}

export interface Outcome {
  readonly text: string;
  readonly failed: boolean;
  /** References asked for, in order. */
  readonly resolved: readonly string[];
}

/** Lowers the case; an error on purpose becomes its code, message, hint and source frame. */
export async function outcome(name: string): Promise<Outcome> {
  const text = fileText(readFileSync(join(root, name, 'Dockerfile')));
  const optionsPath = join(root, name, 'options.json');
  const options = existsSync(optionsPath) ? JSON.parse(readFileSync(optionsPath, 'utf8')) : {};
  const {contexts = {}, ...rest} = options;
  const resolved: string[] = [];
  const input: LowerInput = {
    text,
    buildArgs: {},
    labels: {},
    platform: {os: 'linux', architecture: 'amd64'},
    ...rest,
    contexts: new Map(Object.entries(contexts)),
    resolveImage: async (reference, platform) => {
      resolved.push(`${reference} ${platform.os}/${platform.architecture}`);
      const image = images[reference];
      if (image === undefined) throw new NoSuchImage(`no image ${reference} in the fixtures`);
      return {
        manifest: digestOf(`${reference} ${platform.architecture}`),
        config: imageConfig(image, platform.architecture),
      };
    },
  };
  try {
    const definition = await lower(input);
    return {
      text: `${JSON.stringify({resolved, ...summary(definition)}, null, 2)}\n`,
      failed: false,
      resolved,
    };
  } catch (error) {
    if (!(error instanceof TsbuildError)) throw error;
    return {text: errorText(error, text), failed: true, resolved};
  }
}

function imageConfig({layers, ...image}: ImageFixture, architecture: string): ImageConfig {
  return {
    created: '2024-01-01T00:00:00Z',
    architecture,
    os: 'linux',
    ...image,
    rootfs: {
      type: 'layers',
      diff_ids: Array.from({length: layers}, (_, index) => digestOf(`layer ${index}`)),
    },
    history: Array.from({length: layers}, (_, index) => ({created_by: `layer ${index}`})),
  };
}

function errorText(error: TsbuildError, text: string): string {
  const lines = [`${error.code}: ${shortened(error.message)}`];
  if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  if (error instanceof DockerfileError) {
    lines.push(shortened(sourceFrame({name: 'Dockerfile', text}, error.lines)));
    const {token} = error;
    if (token !== undefined) {
      lines.push(`token: ${token.start.line}:${token.start.character}-${token.end.character}`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const shortened = (text: string): string => text.replace(/(.{200}).+/g, '$1…');

/** The definition with vertices by their place in the list instead of their digest. */
function summary(definition: BuildDefinition) {
  const vertices: Vertex[] = [];
  const visit = (vertex: Vertex | null): void => {
    if (vertex === null || vertices.some(({id}) => id === vertex.id)) return;
    vertex.inputs.forEach(visit);
    vertices.push(vertex);
  };
  visit(definition.target);
  const place = (vertex: Vertex | null): number | null =>
    vertex === null ? null : vertices.findIndex(({id}) => id === vertex.id);
  return {
    vertices: vertices.map(({name, op, inputs, lines, hint}) => ({
      name: unpinned(name),
      op: op.kind === 'image' ? {...op, manifest: undefined} : op,
      inputs: inputs.map(place),
      lines: lines === undefined ? undefined : `${lines.first}-${lines.last}`,
      hint,
    })),
    ...(definition.fresh.size === 0
      ? {}
      : {fresh: vertices.flatMap(({id}, index) => (definition.fresh.has(id) ? [index] : []))}),
    config: definition.config,
    history: definition.history.map(historyLine),
    steps: definition.steps.map(
      ({index, total, text, vertex, owns}) =>
        `Step ${index}/${total} : ${text} -> ${place(vertex)}${owns ? ' own' : ''}`,
    ),
    warnings: definition.warnings.map(
      ({rule, message, lines}) => `${rule} ${lines?.first ?? '-'}: ${message}`,
    ),
    ...(definition.violations.length === 0 ? {} : {violations: definition.violations}),
    proxyEnv: definition.proxyEnv,
    epoch: definition.epoch,
  };
}

const unpinned = (name: string): string => name.replace(/@sha256:[0-9a-f]{64}/, '@…');

function historyLine(draft: HistoryDraft): string {
  if (draft.kind === 'base') return `base: ${draft.entry.created_by}`;
  return `${draft.kind}: ${draft.createdBy}`;
}
