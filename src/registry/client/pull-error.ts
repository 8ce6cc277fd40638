/** A refusal as who pulls understands it: registries hide what they will not show. */
import {familiarReference, familiarRepository, type Reference} from '../../oci/reference.js';
import {
  ManifestUnknownError,
  PullAccessDeniedError,
  RegistryStatusError,
  UnauthorizedError,
} from '../errors.js';

export function asPullError(error: Error, reference: Reference): Error {
  const repository = familiarRepository(reference);
  if (error instanceof UnauthorizedError && !error.known) {
    return new PullAccessDeniedError(repository, error.refusal, reference.domain);
  }
  if (!(error instanceof RegistryStatusError) || error.refusal.status !== 404) return error;
  const {refusal} = error;
  return refusal.problems.some(({code}) => code === 'NAME_UNKNOWN')
    ? new PullAccessDeniedError(repository, refusal, reference.domain)
    : new ManifestUnknownError(familiarReference(reference), refusal);
}
