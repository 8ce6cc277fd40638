/**
 * Reads an image configuration, whoever wrote it.
 *
 * Takes   the blob's bytes, at most CONFIG_LIMIT of them.
 * Returns what tsbuild knows of it; null members, as Go writes empty lists and maps, are absent.
 * Throws  InvalidDocumentError.
 * Source  OCI image-spec v1.1.1, config.md.
 */
import {InvalidDocumentError} from './errors.js';
import type {Healthcheck, HistoryEntry, ImageConfig, RunConfig} from './image-config.js';
import {type Fields, parseJSON} from './json-fields.js';
import {hostPlatform} from './platform.js';

/** Bytes; containerd reads as much. */
export const CONFIG_LIMIT = 8 * 1024 * 1024;

export function parseImageConfig(data: Uint8Array): ImageConfig {
  const fields = parseJSON(data, 'image config', CONFIG_LIMIT);
  const rootfs = fields.optionalObject('rootfs');
  const type = rootfs?.optionalString('type') || 'layers';
  if (type !== 'layers') {
    throw new InvalidDocumentError('image config.rootfs.type', `want layers, got ${type}`);
  }
  const diffIDs = rootfs?.digests('diff_ids') ?? [];
  const history = mendHistory(fields.objects('history').map(readHistory), diffIDs.length);
  const run = fields.optionalObject('config');
  return {
    ...present({
      created: fields.optionalString('created'),
      author: fields.optionalString('author') || undefined,
    }),
    architecture: fields.optionalString('architecture') || hostPlatform().architecture,
    os: fields.optionalString('os') || 'linux',
    ...present({variant: fields.optionalString('variant') || undefined}),
    config: run === undefined ? {} : readRunConfig(run),
    rootfs: {type: 'layers', diff_ids: diffIDs},
    history,
  };
}

/**
 * One entry for each layer, as whoever appends to it relies on: surplus entries count as metadata, missing ones are added
 * without a story. BuildKit mends them the same way (exporter/containerimage/writer.go, normalizeLayersAndHistory).
 */
function mendHistory(history: readonly HistoryEntry[], layers: number): readonly HistoryEntry[] {
  let told = 0;
  const mended = history.map((entry) => {
    if (entry.empty_layer === true || told++ < layers) return entry;
    return {...entry, empty_layer: true};
  });
  const missing = Math.max(0, layers - told);
  return [...mended, ...Array.from({length: missing}, () => ({}))];
}

function readRunConfig(fields: Fields): RunConfig {
  const health = fields.optionalObject('Healthcheck');
  return present({
    User: fields.optionalString('User') || undefined,
    ExposedPorts: fields.nameSet('ExposedPorts'),
    Env: fields.strings('Env'),
    Entrypoint: fields.strings('Entrypoint'),
    Cmd: fields.strings('Cmd'),
    Volumes: fields.nameSet('Volumes'),
    WorkingDir: fields.optionalString('WorkingDir') || undefined,
    Labels: fields.stringMap('Labels'),
    StopSignal: fields.optionalString('StopSignal') || undefined,
    Healthcheck: health === undefined ? undefined : readHealthcheck(health),
    OnBuild: fields.strings('OnBuild'),
    Shell: fields.strings('Shell'),
  });
}

const readHealthcheck = (fields: Fields): Healthcheck =>
  present({
    Test: fields.strings('Test'),
    Interval: fields.optionalInteger('Interval'),
    Timeout: fields.optionalInteger('Timeout'),
    StartPeriod: fields.optionalInteger('StartPeriod'),
    StartInterval: fields.optionalInteger('StartInterval'),
    Retries: fields.optionalInteger('Retries'),
  });

const readHistory = (fields: Fields): HistoryEntry =>
  present({
    created: fields.optionalString('created'),
    author: fields.optionalString('author') || undefined,
    created_by: fields.optionalString('created_by'),
    comment: fields.optionalString('comment') || undefined,
    empty_layer: fields.optionalBoolean('empty_layer') || undefined,
  });

type Present<Shape> = {[Name in keyof Shape]?: Exclude<Shape[Name], undefined>};

function present<Shape extends object>(shape: Shape): Present<Shape> {
  return Object.fromEntries(
    Object.entries(shape).filter(([, value]) => value !== undefined),
  ) as Present<Shape>;
}
