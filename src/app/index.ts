/** The library: `import {build, run, Store} from 'tsbuild'`. */
// biome-ignore-all lint/performance/noBarrelFile: the package's one public door
export type {BuildEvent} from './build/build-event.js';
export {build} from './build/build-events.js';
export type {BuildRequest} from './build/build-request.js';
export type {BuiltImage} from './build/export-build.js';
export {run} from './container/run-entered.js';
export type {RunRequest} from './container/run-request.js';
export type {ImageFilters} from './image/image-filters.js';
export type {HistoryRow} from './image/image-history.js';
export type {ImageInspection} from './image/inspect-images.js';
export type {ImageSummary} from './image/list-images.js';
export type {Removal} from './image/remove-images.js';
export {Store} from './library/library-store.js';
export {UseCaseError} from './library/wire-error.js';
export {type Registry, type RegistryRequest, serveRegistry} from './registry/serve-registry.js';
