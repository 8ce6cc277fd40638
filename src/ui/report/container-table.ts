/** A container as a row of `ps`, with docker's column names. */
import type {ContainerSummary} from '../../app/container/list-containers.js';
import {now} from '../../base/clock.js';
import type {Row, Table} from '../text/listing.js';
import {formatAge} from '../text/units.js';

/** docker's: commands are cut to this many characters. */
const COMMAND_WIDTH = 20;

export const CONTAINER_TABLE: Table = {
  headers: {
    ID: 'CONTAINER ID',
    Image: 'IMAGE',
    Command: 'COMMAND',
    CreatedAt: 'CREATED AT',
    RunningFor: 'CREATED',
    State: 'STATE',
    Status: 'STATUS',
    Names: 'NAMES',
  },
  fields: ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Names'],
};

export type ContainerColumns = Row & {readonly ID: string};

export function containerColumns(
  container: ContainerSummary,
  {full, at = now()}: {full: boolean; at?: Date},
): ContainerColumns {
  const command = container.command.join(' ');
  const shown =
    full || command.length <= COMMAND_WIDTH ? command : `${command.slice(0, COMMAND_WIDTH - 1)}…`;
  return {
    ID: full ? container.id : container.id.slice(0, 12),
    Image: container.image,
    Command: `"${shown}"`,
    CreatedAt: container.createdAt,
    RunningFor: formatAge(container.createdAt, at),
    State: container.state,
    Status: statusOf(container, at),
    Names: container.name,
  };
}

function statusOf(container: ContainerSummary, at: Date): string {
  const {state, createdAt, finishedAt, exitCode} = container;
  if (state === 'running') return `Up ${formatAge(createdAt, at).replace(/ ago$/, '')}`;
  if (state === 'dead') return 'Dead';
  return `Exited (${exitCode}) ${formatAge(finishedAt, at)}`;
}
