import type {Connection} from './connection.js';
import {pushScope} from './scopes.js';
import {uploadLocation} from './upload-location.js';

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
  const begun = await connection.ask({...common, method: 'POST', target, accept: [202]});
  // An upload that cannot be cancelled is given up by the registry itself.
  await connection.ask({
    ...common,
    method: 'DELETE',
    target: await uploadLocation(connection, begun),
    accept: [200, 202, 204, 404, 405],
  });
}
