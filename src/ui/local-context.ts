/** The context of a build, where it is one that can be built from: a local directory. */
import {UsageError} from './errors.js';

const REMOTE = /^(?:https?|git|ssh):\/\/|^git@|^github\.com\//;

export function localContext(context: string): string {
  if (REMOTE.test(context)) {
    throw new UsageError(`a remote context is not supported: ${context}`, {
      hint: 'Clone or download it and name the directory.',
    });
  }
  return context;
}
