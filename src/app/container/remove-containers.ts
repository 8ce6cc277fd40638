import {openWorkspace} from '../workspace.js';

export interface RemoveContainersRequest {
  /** Ids, prefixes of ids, or names. */
  readonly containers: readonly string[];
  /** Kills one that runs. */
  readonly force?: boolean;
  readonly root?: string;
}

/** `rm`. One that cannot be removed does not keep the others: its error is among `failures`. */
export async function removeContainers(
  request: RemoveContainersRequest,
): Promise<{removed: readonly string[]; failures: readonly Error[]}> {
  await using workspace = await openWorkspace({root: request.root});
  const {containers} = workspace;
  const removed: string[] = [];
  const failures: Error[] = [];
  for (const text of request.containers) {
    try {
      containers.remove(containers.find(text), {force: request.force ?? false});
      removed.push(text);
    } catch (error) {
      failures.push(error as Error);
    }
  }
  return {removed, failures};
}
