/**
 * An image of an OCI layout on this machine: `oci-layout://DIRECTORY[:NAME][@DIGEST]`.
 *
 * NAME is a tag or a name in full. Without one it is `latest`, or the only image there is. A digest decides.
 * Source  docker buildx build's reference, --build-context.
 */
import {resolve} from 'node:path';
import type {Descriptor} from '../../oci/descriptor.js';
import {isDigest} from '../../oci/digest.js';
import {IMAGE_NAME, REF_NAME} from '../../oci/image-layout.js';
import {LayoutFolder} from '../../store/layout-folder.js';
import {LayoutImageError} from '../errors.js';

export interface LayoutImage {
  readonly layout: LayoutFolder;
  /** A manifest, or an index for several platforms. */
  readonly target: Descriptor;
}

const LATEST = 'latest';
const ADDRESS = /^oci-layout:\/\/([^:@]+)(?::([^@]*))?(?:@(.*))?$/s;

/** Undefined for another kind of text. Throws LayoutImageError, InvalidDocumentError. */
export function layoutImage(address: string): LayoutImage | undefined {
  if (!address.startsWith('oci-layout://')) return undefined;
  const [, path, name, digest] = ADDRESS.exec(address) ?? [];
  if (path === undefined) throw new LayoutImageError(address, 'want a directory after //');
  const layout = new LayoutFolder(resolve(path));
  const entries = layout.entries();
  if (entries === undefined) {
    throw new LayoutImageError(address, `want an OCI layout, got no index.json in ${path}`);
  }
  const target =
    digest === undefined ? (named(entries, name) ?? only(entries, name)) : ofDigest(layout, digest);
  if (target !== undefined) return {layout, target};
  const wanted = digest ?? `an image ${JSON.stringify(name ?? LATEST)}`;
  throw new LayoutImageError(address, `want ${wanted} in ${path}, got ${listed(entries)}`);
}

function named(entries: readonly Descriptor[], name = LATEST): Descriptor | undefined {
  const exact = entries.find((entry) => namesOf(entry).includes(name));
  if (exact !== undefined) return exact;
  const tagged = entries.filter((entry) =>
    namesOf(entry).some((each) => each.endsWith(`:${name}`)),
  );
  return tagged.length === 1 ? tagged[0] : undefined;
}

/** Whose name does not matter: nobody asked for one, or it has none. */
function only(entries: readonly Descriptor[], name: string | undefined): Descriptor | undefined {
  const [entry, ...others] = entries;
  if (entry === undefined || others.length > 0) return undefined;
  return name === undefined || namesOf(entry).length === 0 ? entry : undefined;
}

const ofDigest = (layout: LayoutFolder, digest: string): Descriptor | undefined =>
  isDigest(digest) ? layout.byDigest(digest) : undefined;

/** Tools write a tag, or a name in full, under either annotation. */
const namesOf = ({annotations = {}}: Descriptor): readonly string[] =>
  [annotations[REF_NAME], annotations[IMAGE_NAME]].filter((name) => name !== undefined);

function listed(entries: readonly Descriptor[]): string {
  const all = new Set(entries.map((entry) => namesOf(entry)[0] ?? entry.digest));
  return all.size === 0 ? 'none' : [...all].join(', ');
}
