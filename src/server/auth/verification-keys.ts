/** Public keys from a file: a JSON Web Key Set, one JSON Web Key, or PEM keys and certificates. */
import {createPublicKey, type JsonWebKey} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {TokenKeysError} from '../errors.js';
import type {VerificationKey} from './json-web-token.js';

const PEM = /-----BEGIN ([A-Z ]+)-----[\s\S]+?-----END \1-----/g;
const MOST = 64;

/** Throws TokenKeysError, also when there is none, or a secret among them. */
export function readVerificationKeys(path: string): readonly VerificationKey[] {
  try {
    const text = readFileSync(path, 'utf8');
    const keys = text.trimStart().startsWith('{') ? fromJSON(text) : fromPEM(text);
    if (keys.length > 0 && keys.length <= MOST) return keys;
    throw new Error(`want 1 to ${MOST} public keys, got ${keys.length}`);
  } catch (cause) {
    throw new TokenKeysError(path, cause instanceof Error ? cause.message : 'unknown', cause);
  }
}

function fromJSON(text: string): readonly VerificationKey[] {
  const value = JSON.parse(text) as {keys?: JsonWebKey[]} & JsonWebKey;
  return (value.keys ?? [value]).map((jwk) => {
    const {kid} = jwk as {kid?: string};
    return {kid, key: createPublicKey({key: jwk, format: 'jwk'})};
  });
}

function fromPEM(text: string): readonly VerificationKey[] {
  return [...text.matchAll(PEM)].map(([block, label = '']) => {
    if (label.includes('PRIVATE')) throw new Error('want public keys, got a private one');
    return {kid: undefined, key: createPublicKey(block)};
  });
}
