/** How an output is told, in docker's words. */
import type {BuildEvent} from '../../app/build/build-event.js';
import {oneLine} from './step-name.js';

export type Exported = Extract<BuildEvent, {kind: 'exported'}>;

const titles: Readonly<Record<string, string>> = {
  oci: 'exporting to oci image format',
  docker: 'exporting to docker image format',
  local: 'exporting to client directory',
  tar: 'exporting to client tarball',
};

/** Undefined where nothing was exported. */
export function exportTitle({type, destination}: Exported): string | undefined {
  if (type === 'cacheonly') return undefined;
  return destination === undefined
    ? 'exporting to image'
    : (titles[type] ?? `exporting to ${type}`);
}

/** What was done, a line each. */
export function exportLines({destination, imageID, tags}: Exported): readonly string[] {
  return [
    ...(imageID === undefined ? [] : [`writing image ${imageID} done`]),
    ...tags.map((tag) => `naming to ${tag} done`),
    ...(destination === undefined ? [] : [`writing to ${oneLine(destination)} done`]),
  ];
}
