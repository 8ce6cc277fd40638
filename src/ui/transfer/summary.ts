/** docker's last lines of a pull and of a push. */
import type {PulledImage} from '../../app/registry/pull.js';
import type {PushedImage} from '../../app/registry/push-names.js';
import {familiarReference, parseReference, repositoryOf} from '../../oci/reference.js';

type Sent = Pick<PushedImage, 'reference' | 'digest' | 'size'>;

export function pullSummary({reference, digest, changed}: PulledImage): string[] {
  const name = familiarReference(parseReference(reference));
  const status = changed ? 'Downloaded newer image for' : 'Image is up to date for';
  return [`Digest: ${digest}`, `Status: ${status} ${name}`];
}

export function pushSummary({reference, digest, size}: Sent): string {
  const {tag = 'latest'} = parseReference(reference);
  return `${tag}: digest: ${digest} size: ${size}`;
}

/** NAME@DIGEST. */
export const pushedName = ({reference, digest}: Sent): string =>
  `${repositoryOf(parseReference(reference))}@${digest}`;
