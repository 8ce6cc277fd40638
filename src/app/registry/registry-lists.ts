/** `registry ls` and `registry tags`: what a registry says it has, page by page, past all mirrors. */
import {
  isRepositoryPath,
  parseReference,
  type Reference,
  repositoryOf,
} from '../../oci/reference.js';
import {repositoriesOf, tagsOf} from '../../registry/client/pages.js';
import {InvalidOptionError} from '../errors.js';
import {domainOf} from './domain-of.js';
import {openRegistries, type RegistryAccess, type RegistryObserver} from './open-registries.js';

export interface RepositoriesRequest extends RegistryAccess {
  /** `HOST[/PREFIX]`: only repositories at or below the prefix. */
  readonly place: string;
}

/** Full names, in the registry's order, as they come. Throws what the registry's answers amount to. */
export async function* listRepositories(
  request: RepositoriesRequest,
  observer: RegistryObserver = {},
): AsyncGenerator<string> {
  const [, scheme = '', host = '', prefix = ''] =
    /^(https?:\/\/)?([^/]*)\/?(.*?)\/?$/.exec(request.place) ?? [];
  if (host === '' || (prefix !== '' && !isRepositoryPath(prefix))) {
    throw new InvalidOptionError(
      'place',
      `want HOST[/PREFIX], got ${JSON.stringify(request.place)}`,
    );
  }
  const domain = domainOf(`${scheme}${host}`);
  using registries = openRegistries(request, observer);
  const connection = await registries.registry({domain});
  const {signal} = observer;
  for await (const path of repositoriesOf(connection, {what: `list of ${domain}`, signal})) {
    const within = prefix === '' || path === prefix || path.startsWith(`${prefix}/`);
    if (within) yield `${domain}/${path}`;
  }
}

export interface TagsRequest extends RegistryAccess {
  readonly repository: string;
}

/** In the registry's order, as they come. */
export async function* listTags(
  request: TagsRequest,
  observer: RegistryObserver = {},
): AsyncGenerator<string> {
  const reference: Reference = parseReference(request.repository);
  using registries = openRegistries(request, observer);
  const connection = await registries.registry(reference);
  const what = `tags of ${repositoryOf(reference)}`;
  yield* tagsOf(connection, {path: reference.path, what, signal: observer.signal});
}
