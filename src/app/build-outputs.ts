/** `--output`: the exporters a build was asked for, looked at before anything is built. */
import {resolve} from 'node:path';
import type {Exporter} from '../export/exporter.js';
import {ArchiveExporter} from '../export/exporters/archive.js';
import {ImageExporter} from '../export/exporters/image.js';
import {LayoutExporter} from '../export/exporters/layout.js';
import {LocalExporter} from '../export/exporters/local.js';
import {TarExporter} from '../export/exporters/tar.js';
import type {ImageForm} from '../export/image-form.js';
import type {ArchivePlace} from '../export/write-archive.js';
import type {MediaFamily} from '../oci/media-type.js';
import {parseReference, type Reference} from '../oci/reference.js';
import {InvalidOptionError} from './errors.js';
import {OutputAttributes} from './output-attributes.js';
import {type OutputOption, parseOutput} from './output-option.js';
import {refuseWideDeletion} from './refuse-wide-deletion.js';

export interface BuildOutput {
  readonly type: string;
  /** As it was asked for; absent for the store. */
  readonly destination: string | undefined;
  /** Instead of `--tag`, when there is none. */
  readonly names: readonly Reference[];
  readonly exporter: Exporter;
}

/** Without any, the image goes into the store. Throws InvalidOptionError, OutputPlaceError. */
export function buildOutputs(options: readonly string[]): readonly BuildOutput[] {
  const wanted = options.length === 0 ? ['type=image'] : options;
  const parsed = wanted.map(parseOutput);
  refuseSharedPlaces(parsed);
  const outputs = parsed.map(openOutput);
  for (const {exporter} of outputs) exporter.check?.();
  return outputs;
}

/** Whether one of them takes stdout, which then has no room for an image id. */
export const writeToStdout = (options: readonly string[]): boolean =>
  options.map(parseOutput).some(({destination}) => destination === '-');

function refuseSharedPlaces(outputs: readonly OutputOption[]): void {
  const places = new Set<string>();
  for (const {destination} of outputs) {
    if (destination === undefined) continue;
    const place = destination === '-' ? destination : resolve(destination);
    if (places.has(place)) throw invalid(`two outputs with dest=${destination}`);
    places.add(place);
  }
}

function openOutput(option: OutputOption): BuildOutput {
  const {type, destination} = option;
  const attributes = new OutputAttributes(type, option.attributes);
  const exporter = exporterFor(option, attributes);
  const names = IMAGES.has(type) ? namesIn(attributes) : [];
  attributes.finish();
  return {type, destination, names, exporter};
}

const IMAGES: ReadonlySet<string> = new Set(['image', 'docker', 'oci']);

function namesIn(attributes: OutputAttributes): readonly Reference[] {
  const names = (attributes.text('name') ?? '').split(',');
  return names.filter((name) => name !== '').map(parseReference);
}

function exporterFor(option: OutputOption, attributes: OutputAttributes): Exporter {
  const {type, destination} = option;
  switch (type) {
    case 'image':
      return imageExporter(attributes, option);
    case 'docker':
      if (destination === undefined) return imageExporter(attributes, option);
      return new ArchiveExporter(imageForm(attributes, 'docker'), archivePlace(option));
    case 'oci': {
      const form = imageForm(attributes, 'oci');
      if (attributes.truth('tar', true)) return new ArchiveExporter(form, archivePlace(option));
      return new LayoutExporter(form, directoryPlace(option));
    }
    case 'local':
      return localExporter(attributes, option);
    case 'tar':
      return new TarExporter(archivePlace(option));
    case 'cacheonly':
      refusePlace(option);
      return {export: async () => undefined};
    default:
      throw invalid(
        `want type image, docker, oci, local, tar or cacheonly, got ${JSON.stringify(type)}`,
      );
  }
}

function imageExporter(attributes: OutputAttributes, option: OutputOption): Exporter {
  refusePlace(option);
  return new ImageExporter(imageForm(attributes, 'oci'));
}

function localExporter(attributes: OutputAttributes, option: OutputOption): Exporter {
  const directory = directoryPlace(option);
  const mode = attributes.choice('mode', ['copy', 'delete']);
  if (mode === 'delete') refuseWideDeletion(directory);
  return new LocalExporter({directory, mode, split: attributes.truth('platform-split', false)});
}

function refusePlace({type, destination}: OutputOption): void {
  if (destination === undefined) return;
  throw invalid(`type=${type} writes no file and has no dest; type=oci writes one`);
}

function imageForm(attributes: OutputAttributes, usual: MediaFamily): ImageForm {
  const family = attributes.truth('oci-mediatypes', usual === 'oci') ? 'oci' : 'docker';
  return {family};
}

function archivePlace({type, destination}: OutputOption): ArchivePlace {
  if (destination !== undefined && destination !== '-') return destination;
  if (!process.stdout.isTTY) return process.stdout;
  throw invalid(`type=${type} wants dest=FILE: refusing to write an archive to a terminal`);
}

function directoryPlace({type, destination}: OutputOption): string {
  if (destination !== undefined && destination !== '-') return destination;
  throw invalid(`type=${type} writes a directory: name it with dest=DIRECTORY`);
}

const invalid = (problem: string): InvalidOptionError =>
  new InvalidOptionError('--output', problem);
