import type {ConnectionFailure} from './errors.js';

const byCode: Readonly<Record<string, ConnectionFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ERR_STREAM_PREMATURE_CLOSE: 'reset',
  ECONNABORTED: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EAI_AGAIN: 'unknown name',
  ENOTFOUND: 'unknown name',
  EPROXY: 'proxy',
  EPROTO: 'not TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not TLS',
  ERR_SSL_HTTP_REQUEST: 'not TLS',
};

/** OpenSSL's names for what is wrong with a certificate. */
const CERTIFICATE =
  /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|CRL|HOSTNAME_MISMATCH|INVALID_(?:CA|PURPOSE)/;

/** What the system or OpenSSL calls a failure → what it is to a person. */
export function connectionFailure(error: unknown): ConnectionFailure {
  const code = String((error as {code?: unknown} | null)?.code);
  const message = error instanceof Error ? error.message : '';
  if (/wrong version number|http request|packet length too long/.test(message)) return 'not TLS';
  if (/alert (?:bad certificate|certificate required|unknown ca)/.test(message)) {
    return 'bad certificate';
  }
  if (/socket hang up|premature close|Premature close/.test(message)) return 'reset';
  if (byCode[code] !== undefined) return byCode[code];
  return CERTIFICATE.test(code) ? 'bad certificate' : 'failed';
}
