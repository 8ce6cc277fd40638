/**
 * Signed tokens of a token server, checked against its public keys.
 *
 * The key decides which algorithms a token may name, so `none`, and HMAC with a public key for a secret, are never tried.
 *
 * Source  RFC 7515, 7518, 7519; distribution docs/spec/auth/jwt.md.
 */
import {constants, type KeyObject, verify} from 'node:crypto';
import {now} from '../../base/clock.js';

export interface Claims {
  readonly access: readonly TokenAccess[];
}

export interface TokenAccess {
  readonly type: string;
  readonly name: string;
  readonly actions: readonly string[];
}

export interface VerificationKey {
  readonly kid: string | undefined;
  readonly key: KeyObject;
}

export interface Expected {
  readonly keys: readonly VerificationKey[];
  readonly issuer: string;
  readonly service: string;
}

/** Bytes of a token; seconds that clocks may differ. */
const LONGEST = 16_384;
const LEEWAY = 60;

type Json = Readonly<Record<string, unknown>>;

/** Undefined for a token that proves nothing. */
export function verifiedClaims(token: string, expected: Expected): Claims | undefined {
  if (token.length > LONGEST) return undefined;
  const [header = '', payload = '', signature = '', ...more] = token.split('.');
  const [head, body] = [decoded(header), decoded(payload)];
  if (head === undefined || body === undefined || more.length > 0) return undefined;
  const signed = {data: Buffer.from(`${header}.${payload}`), head};
  const bytes = Buffer.from(signature, 'base64url');
  if (!expected.keys.some((key) => isSignedBy(key, signed, bytes))) return undefined;
  return isMeantForUs(body, expected) ? {access: accessIn(body)} : undefined;
}

function decoded(part: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString());
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function isSignedBy(
  {kid, key}: VerificationKey,
  {data, head}: {data: Buffer; head: Json},
  signature: Buffer,
): boolean {
  if (head['kid'] !== undefined && kid !== undefined && head['kid'] !== kid) return false;
  const how = algorithmFor(key, String(head['alg']));
  return how !== undefined && verify(how.hash, data, {key, ...how.options}, signature);
}

interface Algorithm {
  readonly hash: string | null;
  readonly options: {dsaEncoding?: 'ieee-p1363'; padding?: number; saltLength?: number};
}

const curves: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

function algorithmFor(key: KeyObject, name: string): Algorithm | undefined {
  const [, family, bits] = /^(RS|PS|ES)(256|384|512)$/.exec(name) ?? [];
  const hash = `sha${bits}`;
  switch (key.asymmetricKeyType) {
    case 'rsa':
      if (family === 'RS') return {hash, options: {padding: constants.RSA_PKCS1_PADDING}};
      if (family !== 'PS') return undefined;
      return {
        hash,
        options: {padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: Number(bits) / 8},
      };
    case 'ec':
      if (curves[name] !== key.asymmetricKeyDetails?.namedCurve) return undefined;
      return {hash, options: {dsaEncoding: 'ieee-p1363'}};
    case 'ed25519':
      return name === 'EdDSA' ? {hash: null, options: {}} : undefined;
    default:
      return undefined;
  }
}

function isMeantForUs(body: Json, {issuer, service}: Expected): boolean {
  const time = now().getTime() / 1000;
  const {iss, aud, exp, nbf} = body as {iss: unknown; aud: unknown; exp: unknown; nbf: unknown};
  if (typeof exp !== 'number' || time > exp + LEEWAY) return false;
  if (nbf !== undefined && (typeof nbf !== 'number' || time < nbf - LEEWAY)) return false;
  return iss === issuer && [aud].flat().includes(service);
}

function accessIn(body: Json): readonly TokenAccess[] {
  const entries: readonly unknown[] = Array.isArray(body['access']) ? body['access'] : [];
  return entries.flatMap((entry) => {
    const {type, name, actions} = (entry ?? {}) as Partial<TokenAccess>;
    const isOne = typeof type === 'string' && typeof name === 'string' && Array.isArray(actions);
    return isOne ? [{type, name, actions}] : [];
  });
}
