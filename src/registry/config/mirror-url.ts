/**
 * The address of a mirror, as `registry-mirrors` takes it.
 *
 * Source  moby daemon/pkg/registry, ValidateMirror: http or https, no query, no fragment, no user.
 */
import type {ConfigText} from './config-file.js';

export interface MirrorURL {
  readonly scheme: 'http' | 'https';
  /** Host with its port, as written. */
  readonly host: string;
  /** Path before `/v2/`: empty, or with a slash at its start and none at its end. */
  readonly prefix: string;
}

/** Throws ConfigFileError with the place of the text. */
export function parseMirror({text, fault}: ConfigText): MirrorURL {
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== 'http' && scheme !== 'https') {
    throw fault(`invalid mirror: want http:// or https://, got ${JSON.stringify(text)}`);
  }
  if (!URL.canParse(text)) throw fault(`invalid mirror: want a URL, got ${JSON.stringify(text)}`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    throw fault(`invalid mirror: want no user and password, got some for ${url.host}`);
  }
  if (/[?#]/.test(text)) {
    throw fault(`invalid mirror: want neither query nor fragment, got ${JSON.stringify(text)}`);
  }
  // URL drops a port that is the scheme's own; certs.d and insecure-registries know it by what was written.
  const host = /^[^/]*\/\/([^/]+)/.exec(text)?.[1] ?? url.host;
  return {scheme, host: host.toLowerCase(), prefix: url.pathname.replace(/\/+$/, '')};
}

export const formatMirror = ({scheme, host, prefix}: MirrorURL): string =>
  `${scheme}://${host}${prefix}`;
