/** From a request to its answer: the only place that turns failures into status codes. */
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {DistributionProblem} from '../oci/distribution-error.js';
import {StoreFullError} from '../store/errors.js';
import {answer, type Service} from './exchange.js';
import {Refusal} from './refusal.js';
import {route} from './router.js';

/** Milliseconds that a client may go on sending a body that was refused, to come to read the answer. */
const REST_OF_BODY = 5_000;

/** Never rejects. */
export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  service: Service,
): Promise<void> {
  response.setHeader('Docker-Distribution-API-Version', 'registry/2.0');
  try {
    const [path = '', ...query] = (request.url ?? '').split('?');
    const {handler, name, target} = route(request.method ?? '', path);
    const exchange = {request, response, name, target, service};
    await handler({...exchange, query: new URLSearchParams(query.join('?'))});
  } catch (error) {
    // Nobody is there any more, or half of an answer is: only an end of the connection says that it is not whole.
    if (response.headersSent || response.destroyed) response.destroy();
    else refuse(response, error, service);
  }
  if (!request.complete) endLater(request);
}

function refuse(response: ServerResponse, error: unknown, {onProblem}: Service): void {
  if (!(error instanceof Refusal)) onProblem(error);
  const {status, headers, problem} = asRefusal(error);
  const body = JSON.stringify({errors: [problem]});
  answer({response}, [status, {'Content-Type': 'application/json', ...headers}], body);
}

function asRefusal(error: unknown): Pick<Refusal, 'status' | 'headers'> & {
  readonly problem: DistributionProblem;
} {
  if (error instanceof Refusal) {
    const {status, headers, code, message, detail} = error;
    return {status, headers, problem: {code, message, detail}};
  }
  const code = String((error as NodeJS.ErrnoException)?.code);
  const isFull = error instanceof StoreFullError || ['ENOSPC', 'EDQUOT'].includes(code);
  const message = isFull ? 'no space left on the registry' : 'internal error';
  return {status: isFull ? 507 : 500, headers: {}, problem: {code: 'UNKNOWN', message}};
}

function endLater(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), REST_OF_BODY);
  request.once('close', () => clearTimeout(timer));
}
