/** `ps`: containers that run, or all that were not removed. */
import type {ContainerRecord, ContainerState} from '../../container/container-record.js';
import {openWorkspace} from '../workspace.js';

export interface ContainerSummary extends ContainerRecord {
  readonly state: ContainerState;
}

/** Newest first. */
export async function listContainers(
  request: {all?: boolean; root?: string} = {},
): Promise<readonly ContainerSummary[]> {
  await using workspace = await openWorkspace({root: request.root});
  const {containers} = workspace;
  return containers
    .list()
    .map((record) => ({...record, state: containers.state(record)}))
    .filter(({state}) => request.all || state === 'running');
}
