/** From a request to its answer: the only place that turns failures into status codes. */
import {once} from 'node:events';
import type {IncomingMessage, ServerResponse} from 'node:http';
import type {DistributionProblem} from '../oci/distribution-error.js';
import {isFull} from '../store/full-disk.js';
import {identify, type Origin} from './auth/authority.js';
import {answer, answerJSON, type Service} from './exchange.js';
import {afflictedBody, afflictResponse} from './faults/afflict.js';
import type {Effect} from './faults/parse-fault.js';
import {Refusal, unsupported} from './refusal.js';
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
    await respond(request, response, service);
  } catch (error) {
    // Nobody is there any more, or half of an answer is: only an end of the connection says that it is not whole.
    if (response.headersSent || response.destroyed) response.destroy();
    else refuse(response, error, service);
  }
  if (!request.complete) endLater(request);
}

async function respond(
  request: IncomingMessage,
  response: ServerResponse,
  service: Service,
): Promise<void> {
  const {authority, readOnly} = service;
  const {authorization} = request.headers;
  const [path = '', ...rest] = (request.url ?? '').split('?');
  const query = new URLSearchParams(rest.join('?'));
  if (path === '/token' && authority?.token !== undefined) {
    answerJSON({response}, await authority.token(authorization, query));
    return;
  }
  const {endpoint, handler, need, name, target} = route(request.method ?? '', path);
  const origin = originOf(request);
  const grant = await identify(authority, authorization, origin);
  if (authority !== undefined && !grant.allows(need)) throw authority.refusal(grant, need, origin);
  if (readOnly && (need?.action === 'push' || need?.action === 'delete')) throw unsupported();
  service.pullThrough?.refuseOther(query.get('ns'), name);
  const effect = service.faults.next(request.method ?? '', endpoint);
  const body = await afflicted(effect, request, response);
  await handler({request, response, query, body, name, target, grant, service});
}

/** The request's body. A fault hits that, or of a request that sends none the answer's. */
async function afflicted(
  effect: Effect | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<AsyncIterable<Uint8Array>> {
  const body = bodyOf(request, response);
  if (effect?.kind === 'status') throw asked(effect);
  if (effect?.kind === 'hang') await once(response, 'close');
  if (effect === undefined || effect.kind === 'hang') return body;
  const sends = ['POST', 'PATCH', 'PUT'].includes(request.method ?? '');
  if (sends) return afflictedBody(effect, body, request);
  afflictResponse(effect, response);
  return body;
}

function asked({status, retryAfter}: Extract<Effect, {kind: 'status'}>): Refusal {
  const headers = retryAfter === undefined ? {} : {'Retry-After': retryAfter};
  const code = status === 429 ? 'TOOMANYREQUESTS' : 'UNKNOWN';
  return new Refusal([status, code], 'a fault on purpose', {headers});
}

async function* bodyOf(request: IncomingMessage, response: ServerResponse) {
  if (request.headers.expect !== undefined) response.writeContinue();
  // A handler that stops reading still answers: the connection must not end with the reading.
  yield* request.iterator({destroyOnReturn: false}) as AsyncIterable<Uint8Array>;
}

/** As the client wrote it; a Host that is none could only mislead the client itself. */
function originOf({headers, socket}: IncomingMessage): Origin {
  const scheme = 'encrypted' in socket ? 'https' : 'http';
  return `${scheme}://${headers.host ?? ''}`;
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
  const noSpace = isFull(error);
  const message = noSpace ? 'no space left on the registry' : 'internal error';
  return {status: noSpace ? 507 : 500, headers: {}, problem: {code: 'UNKNOWN', message}};
}

function endLater(request: IncomingMessage): void {
  const timer = setTimeout(() => request.destroy(), REST_OF_BODY);
  request.once('close', () => clearTimeout(timer));
}
