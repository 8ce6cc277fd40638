import {type ByteString, toText} from '../../archive/byte-string.js';
import {UnsafeEntryError} from '../errors.js';
import {META_PREFIX, OPAQUE_MARKER, WHITEOUT_PREFIX} from '../overlay-form.js';

/** What the name of a layer entry asks for. */
export type EntryName =
  | {readonly kind: 'root'}
  /** Names that aufs left behind: nothing to do. */
  | {readonly kind: 'ignored'}
  | {readonly kind: 'opaque'; readonly directory: ByteString}
  | {readonly kind: 'whiteout'; readonly directory: ByteString; readonly name: ByteString}
  | {readonly kind: 'entry'; readonly directory: ByteString; readonly name: ByteString};

/** The components of a stored path: absolute counts as relative; `..` and NUL are refused. */
export function componentsOf(path: ByteString, entry: ByteString): ByteString[] {
  if (path.includes('\0')) throw new UnsafeEntryError(toText(entry), 'a NUL in the path');
  const components = path.split('/').filter((name) => name !== '' && name !== '.');
  if (components.includes('..')) throw new UnsafeEntryError(toText(entry), '.. in the path');
  return components;
}

/** Source  OCI image-spec v1.1.1, layer.md § Whiteouts; aufs names as moby's archive package skips them. */
export function readEntryName(path: ByteString): EntryName {
  const components = componentsOf(path, path);
  const name = components.pop();
  if (name === undefined) return {kind: 'root'};
  const directory = components.join('/');
  if (directory.includes(WHITEOUT_PREFIX)) {
    const marker = components.find((component) => component.startsWith(WHITEOUT_PREFIX));
    if (marker?.startsWith(META_PREFIX) === true) return {kind: 'ignored'};
    if (marker !== undefined) throw new UnsafeEntryError(toText(path), 'below a whiteout');
  }
  if (!name.startsWith(WHITEOUT_PREFIX)) return {kind: 'entry', directory, name};
  if (name === OPAQUE_MARKER) return {kind: 'opaque', directory};
  if (name.startsWith(META_PREFIX)) return {kind: 'ignored'};
  const deleted = name.slice(WHITEOUT_PREFIX.length);
  if (deleted === '' || deleted === '.' || deleted === '..') {
    throw new UnsafeEntryError(toText(path), 'a whiteout of no name');
  }
  return {kind: 'whiteout', directory, name: deleted};
}
