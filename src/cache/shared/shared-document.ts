/**
 * Results as one JSON document: the config of a shared cache, or a member of an image's.
 *
 *   {"version": 1,
 *    "layers":  [{"blob": 0, "diffID": …, …}],               blob: the place among the manifest's layers
 *    "results": [{"definition": …, "key": …, "layers": [0], …}]}  layers: places in the list above
 *
 * What is read is hostile: bounded, and every member is what it has to be. That it is true nobody can tell; whoever writes
 * to a shared cache is believed, and what was changed on the way is not, for the document has a digest.
 */
import type {Descriptor} from '../../oci/descriptor.js';
import {isDigest} from '../../oci/digest.js';
import {InvalidDocumentError} from '../../oci/errors.js';
import type {Fields} from '../../oci/json-fields.js';
import type {SharedLayer, SharedResult} from './shared-result.js';

/** Bytes. */
export const SHARED_LIMIT = 16 * 1024 * 1024;
const VERSION = 1;
/** The kernel's limit of a mount, and so of any result. */
const DEEPEST = 500;

export interface SharedDocument {
  readonly version: number;
  readonly layers: readonly object[];
  readonly results: readonly object[];
}

/** `blobs` are the layers of the manifest that the document goes with. */
export function sharedDocument(
  results: readonly SharedResult[],
  blobs: readonly Descriptor[],
): SharedDocument {
  const layers = [...new Map(results.flatMap((result) => result.layers.map(byDiffID))).values()];
  const places = new Map(layers.map(({diffID}, place) => [diffID, place]));
  const stored = new Map(blobs.map(({digest}, place) => [digest, place]));
  return {
    version: VERSION,
    layers: layers.map(({blob, ...layer}) => ({...layer, blob: stored.get(blob.digest)})),
    results: results.map(({inputs, base, content, layers: own, ...rest}) => ({
      ...rest,
      inputs: inputs.map((input) => input ?? ''),
      base: base ?? undefined,
      content: content ?? undefined,
      layers: own.map(({diffID}) => places.get(diffID)),
    })),
  };
}

const byDiffID = (layer: SharedLayer) => [layer.diffID, layer] as const;

/** Throws InvalidDocumentError. */
export function readSharedResults(
  fields: Fields,
  blobs: readonly Descriptor[],
): readonly SharedResult[] {
  const version = fields.size('version');
  if (version !== VERSION) {
    throw new InvalidDocumentError(`${fields.place}.version`, `want ${VERSION}, got ${version}`);
  }
  const layers = fields.objects('layers').map((each) => readLayer(each, blobs));
  return fields.objects('results').map((each) => readResult(each, layers));
}

function readLayer(fields: Fields, blobs: readonly Descriptor[]): SharedLayer {
  return {
    blob: at(blobs, fields.size('blob'), fields),
    diffID: fields.digest('diffID'),
    contentDigest: fields.digest('contentDigest'),
    createdAt: timeIn(fields),
  };
}

function readResult(fields: Fields, layers: readonly SharedLayer[]): SharedResult {
  const places = fields.sizes('layers');
  if (places.length > DEEPEST) {
    throw new InvalidDocumentError(fields.place, `want at most ${DEEPEST} layers`);
  }
  return {
    definition: fields.digest('definition'),
    key: fields.digest('key'),
    name: fields.string('name'),
    inputs: (fields.strings('inputs') ?? []).map((text) => (isDigest(text) ? text : null)),
    inputNames: fields.strings('inputNames') ?? [],
    selection: fields.optionalDigest('selection'),
    content: fields.optionalDigest('content') ?? null,
    base: fields.optionalDigest('base') ?? null,
    createdAt: timeIn(fields),
    duration: fields.size('duration'),
    layers: places.map((place) => at(layers, place, fields)),
  };
}

function timeIn(fields: Fields): string {
  const text = fields.string('createdAt');
  if (/^\d{4}-\d\d-\d\dT[\d:.]{8,18}Z$/.test(text) && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidDocumentError(`${fields.place}.createdAt`, 'want a time in UTC, RFC 3339');
}

function at<Item>(list: readonly Item[], place: number, {place: where}: Fields): Item {
  const item = list[place];
  if (item !== undefined) return item;
  throw new InvalidDocumentError(where, `want a layer of ${list.length}, got number ${place}`);
}
