/**
 * Ids of user namespaces: which ids exist in this one, and which a user may use for others.
 *
 * Source  user_namespaces(7) § Defining user and group ID mappings; subuid(5), subgid(5).
 */
import {readFileSync} from 'node:fs';
import type {IDMapping} from './plan.js';

export type IDKind = 'uid' | 'gid';

/** The map of this process's user namespace; of the first one, all ids onto themselves. */
export function currentIDMap(kind: IDKind): readonly IDMapping[] {
  return parseIDMap(readFileSync(`/proc/self/${kind}_map`, 'utf8'));
}

export function parseIDMap(text: string): IDMapping[] {
  return text.split('\n').flatMap((line) => {
    const [containerID, hostID, size] = line.trim().split(/\s+/).map(Number);
    return containerID === undefined || hostID === undefined || size === undefined
      ? []
      : [{containerID, hostID, size}];
  });
}

/** How many ids there are: 1 on the single-id rung. */
export function sizeOfIDMap(map: readonly IDMapping[]): number {
  return map.reduce((sum, {size}) => sum + size, 0);
}

/** Whether a file may be given to this id here. */
export function hasID(map: readonly IDMapping[], id: number): boolean {
  return map.some(({containerID, size}) => id >= containerID && id < containerID + size);
}

/** The id outside, or undefined where it has none. */
export function toHostID(map: readonly IDMapping[], id: number): number | undefined {
  const range = map.find(({containerID, size}) => id >= containerID && id < containerID + size);
  return range === undefined ? undefined : range.hostID + id - range.containerID;
}

export interface SubordinateRange {
  readonly first: number;
  readonly size: number;
}

/** Whom a line of /etc/subuid may name: a login name or a number. */
export interface SubordinateOwner {
  readonly name: string | undefined;
  readonly uid: number;
}

/** The ranges of one user in the text of /etc/subuid or /etc/subgid; lines that are none are skipped. */
export function subordinateRanges(text: string, owner: SubordinateOwner): SubordinateRange[] {
  const names = [owner.name, String(owner.uid)];
  return parseRanges(text).flatMap(({owner: name, first, size}) =>
    names.includes(name) ? [{first, size}] : [],
  );
}

/** The first id after all ranges of everybody: where a new range does no harm. */
export function firstFreeSubordinateID(...texts: readonly string[]): number {
  const LOWEST = 100_000;
  const ends = texts.flatMap(parseRanges).map(({first, size}) => first + size);
  return Math.max(LOWEST, ...ends);
}

function parseRanges(text: string): (SubordinateRange & {owner: string})[] {
  return text.split('\n').flatMap((line) => {
    const [, owner, first, size] = /^([^:#][^:]*):(\d{1,10}):(\d{1,10})$/.exec(line.trim()) ?? [];
    if (owner === undefined || Number(first) === 0 || Number(size) === 0) return [];
    return [{owner, first: Number(first), size: Number(size)}];
  });
}
