import type {HttpResponse} from '../../http/http-client.js';

/** Whether an answer is for people: a web site's, or of a network that wants them to sign in. */
export const isPage = (headers: HttpResponse['headers']): boolean =>
  /^\s*text\/html\b/i.test(headers.get('content-type') ?? '');
