import type {HttpResponse} from '../../http/http-client.js';
import {BadAnswerError} from '../errors.js';
import type {Connection} from './connection.js';

/** Where an upload goes on, as the registry's answer says. Throws BadAnswerError. */
export async function uploadLocation(
  connection: Connection,
  {headers}: Pick<HttpResponse, 'headers'>,
): Promise<URL> {
  const location = headers.get('location');
  const url = location === null ? undefined : await connection.resolve(location);
  if (url !== undefined) return url;
  const got = location === null ? 'none' : JSON.stringify(location);
  throw new BadAnswerError(connection.place, `want a Location for the upload, got ${got}`);
}
