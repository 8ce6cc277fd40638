/** A full disk, wherever in the store it strikes: layers, drafts, records. */
import {StoreFullError} from './errors.js';

const FULL = ['ENOSPC', 'EDQUOT'];

/** What work that writes into the store throws when there is no room: StoreFullError, with the failure as its cause. */
export async function inStore<Result>(root: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreFullError || !isFull(error)) throw error;
    throw new StoreFullError(`what is written into ${root}`, error);
  }
}

/** Whether a failure, or what caused it, is that of a full disk or a used-up quota. */
export function isFull(error: unknown): boolean {
  for (let link = error; link instanceof Error; link = link.cause) {
    const {code, errno} = link as {code?: unknown; errno?: unknown};
    if (FULL.includes(String(code)) || FULL.includes(String(errno))) return true;
  }
  return false;
}
