/** The library: `import {build, run, Store} from 'tsbuild'`. */
// biome-ignore-all lint/performance/noBarrelFile: the package's one public door
export type {BuildRequest} from './build.js';
export type {BuildEvent} from './build-event.js';
export {build} from './build-events.js';
export type {BuiltImage} from './export-build.js';
export type {HistoryRow} from './image-history.js';
export type {ImageInspection} from './inspect-images.js';
export {Store} from './library-store.js';
export type {ImageFilters, ImageSummary} from './list-images.js';
export type {Removal} from './remove-images.js';
export {run} from './run-entered.js';
export type {RunRequest} from './run-request.js';
export {type Registry, type RegistryRequest, serveRegistry} from './serve-registry.js';
export {UseCaseError} from './wire-error.js';
