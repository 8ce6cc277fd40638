/**
 * ChainID: the name of a stack of layers, and so of the directory that holds it unpacked.
 *
 *   chainID([a])       = a
 *   chainID([a, b, c]) = sha256(chainID([a, b]) + ' ' + c)
 *
 * Takes   diffIDs, base layer first; each the digest of an uncompressed tar.
 * Returns a digest, or undefined for the empty stack (`FROM scratch`).
 * Source  OCI image-spec v1.1.1, config.md § "Layer ChainID".
 */
import {type Digest, digestOf} from './digest.js';

export const chainID = (diffIDs: readonly Digest[]): Digest | undefined => chainIDs(diffIDs).at(-1);

/** The chainID of every prefix, one for each layer; `below` is that of what they are put on. */
export function chainIDs(diffIDs: readonly Digest[], below?: Digest): readonly Digest[] {
  const chain: Digest[] = [];
  for (const diffID of diffIDs) chain.push(extendChain(chain.at(-1) ?? below, diffID));
  return chain;
}

/** One layer more. */
export const extendChain = (parent: Digest | undefined, diffID: Digest): Digest =>
  parent === undefined ? diffID : digestOf(`${parent} ${diffID}`);
