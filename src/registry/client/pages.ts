/**
 * Lists that a registry gives in pages: repositories, tags, referrers.
 *
 * Each page names the next in its Link header; one that was read already, or that is at another host, is no next one.
 * Source  OCI distribution-spec v1.1.1 § Content Discovery; RFC 8288.
 */
import {readBody} from '../../http/body.js';
import {BadAnswerError} from '../errors.js';
import type {Connection, RegistryRequest} from './connection.js';
import {CATALOG_SCOPE, pullScope} from './scopes.js';

interface Listed {
  readonly what: string;
  /** Pages after which a list counts as one without end; 10,000. */
  readonly most?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes of one page. Docker Hub gives all tags of a repository in one. */
const LIMIT = 16 * 1024 * 1024;
/** What docker's registry gives at most. */
const AT_ONCE = 1000;
/** Some registries give fifty names in one, whatever they are asked for. */
const MOST_PAGES = 10_000;

type PagesRequest = RegistryRequest & Pick<Listed, 'most'>;

/** Names in the registry's order. Throws BadAnswerError, and what Connection.send throws. */
export const repositoriesOf = (connection: Connection, listed: Listed): AsyncGenerator<string> =>
  names(connection, 'repositories', {
    target: `_catalog?n=${AT_ONCE}`,
    scopes: [CATALOG_SCOPE],
    ...listed,
  });

/** Tags in the registry's order. Throws as `repositoriesOf`. */
export const tagsOf = (
  connection: Connection,
  {path, ...listed}: Listed & {readonly path: string},
): AsyncGenerator<string> =>
  names(connection, 'tags', {
    target: `${path}/tags/list?n=${AT_ONCE}`,
    scopes: [pullScope(path)],
    ...listed,
  });

async function* names(
  connection: Connection,
  member: 'repositories' | 'tags',
  request: PagesRequest,
): AsyncGenerator<string> {
  for await (const data of pages(connection, request)) {
    yield* namesIn(data, member, connection.place);
  }
}

/** The bytes of page after page, each whole. */
export async function* pages(
  connection: Connection,
  {most = MOST_PAGES, ...request}: PagesRequest,
): AsyncGenerator<Buffer> {
  const read = new Set<string>();
  let target: string | URL | undefined = request.target;
  while (target !== undefined) {
    const {headers, body, url} = await connection.send({...request, target});
    yield await readBody(body, {limit: LIMIT, what: 'list'});
    read.add(url.href);
    target = await nextPage(connection, headers.get('link'), {url, read});
    if (target !== undefined && read.size >= most) {
      throw new BadAnswerError(connection.place, `want a list of at most ${most} pages, got more`);
    }
  }
}

async function nextPage(
  connection: Connection,
  link: string | null,
  {url, read}: {url: URL; read: ReadonlySet<string>},
): Promise<URL | undefined> {
  const [, address] = /<([^>]*)>\s*;[^,]*\brel="?next"?/i.exec(link ?? '') ?? [];
  if (address === undefined) return undefined;
  const next = URL.canParse(address, url.href)
    ? await connection.resolve(new URL(address, url).href)
    : undefined;
  if (next === undefined || next.host !== new URL(connection.place).host) {
    throw new BadAnswerError(connection.place, `want the next page here, got ${address}`);
  }
  if (read.has(next.href)) {
    throw new BadAnswerError(connection.place, 'want another page, got one that was read already');
  }
  return next;
}

function namesIn(data: Buffer, member: string, place: string): readonly string[] {
  try {
    const {[member]: list} = JSON.parse(data.toString()) as Record<string, unknown>;
    // Go's empty list.
    if (list === null) return [];
    if (Array.isArray(list) && list.every((each) => typeof each === 'string')) return list;
  } catch (cause) {
    throw new BadAnswerError(place, `want a list of ${member}, got no JSON`, cause);
  }
  throw new BadAnswerError(place, `want a list of ${member}, got something else`);
}
