import {TsbuildError} from '../base/error.js';

/** A `--filter` of cache entries that cannot be read. */
export class InvalidEntryFilterError extends TsbuildError {
  readonly code = 'E_CACHE_FILTER';

  constructor(filter: string, known: readonly string[], cause?: unknown) {
    super(
      `invalid filter ${JSON.stringify(filter)}: want KEY=VALUE, KEY!=VALUE or KEY~=REGEXP with KEY one of ${known.join(', ')}`,
      {cause},
    );
  }
}

/** The cache holds nothing by that id. */
export class NoSuchCacheEntryError extends TsbuildError {
  readonly code = 'E_NO_SUCH_CACHE_ENTRY';

  constructor(id: string) {
    super(`no such cache entry: ${id}`, {hint: 'List what there is with `tsbuild cache ls`.'});
  }
}

/** What a shared cache was looked for in is something else. */
export class NoSharedCacheError extends TsbuildError {
  readonly code = 'E_NO_SHARED_CACHE';

  constructor(got: string) {
    super(`want a shared cache of tsbuild, got ${got}`, {
      hint: 'Write one there with --cache-to.',
    });
  }
}
