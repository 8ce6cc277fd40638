import {BadAnswerError} from '../errors.js';
import type {Connection} from './connection.js';
import {pushScope} from './scopes.js';

interface Trial {
  /** Repository's path. */
  readonly path: string;
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

/** Whether who asks may push: begins an upload and cancels it. Throws BadAnswerError, and what Connection.send throws. */
export async function tryUpload(connection: Connection, {path, ...rest}: Trial): Promise<void> {
  const common = {...rest, scopes: [pushScope(path)]};
  const target = `${path}/blobs/uploads/`;
  const {headers} = await connection.ask({...common, method: 'POST', target, accept: [202]});
  const location = await connection.resolve(headers.get('location') ?? '');
  if (location === undefined || headers.get('location') === null) {
    throw new BadAnswerError(connection.place, 'want a Location for an upload, got none');
  }
  // An upload that cannot be cancelled is given up by the registry itself.
  await connection.ask({
    ...common,
    method: 'DELETE',
    target: location,
    accept: [200, 202, 204, 404, 405],
  });
}
