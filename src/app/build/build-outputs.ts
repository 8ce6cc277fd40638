/** `--output`: the exporters a build was asked for, looked at before anything is built. */
import {resolve} from 'node:path';
import {parseEpoch} from '../../base/clock.js';
import type {ArchivePlace} from '../../export/archive/write-archive.js';
import type {Exporter} from '../../export/exporter.js';
import {ArchiveExporter} from '../../export/exporters/archive.js';
import {ImageExporter} from '../../export/exporters/image.js';
import {LayoutExporter} from '../../export/exporters/layout.js';
import {LocalExporter} from '../../export/exporters/local.js';
import {TarExporter} from '../../export/exporters/tar.js';
import type {Annotation} from '../../export/image/annotations.js';
import type {ImageForm} from '../../export/image/image-form.js';
import type {Packing} from '../../export/packing/pack-layers.js';
import type {Reference} from '../../oci/reference.js';
import {InvalidOptionError} from '../errors.js';
import {OptionAttributes} from '../option-attributes.js';
import {type ImageAttributes, imageAttributes} from './image-attributes.js';
import {type OutputOption, parseOutput} from './output-option.js';
import {refuseWideDeletion} from './refuse-wide-deletion.js';

export interface BuildOutput {
  readonly type: string;
  /** As it was asked for; absent for the store. */
  readonly destination: string | undefined;
  readonly isImage: boolean;
  /** Instead of `--tag`, when there is none. */
  readonly names: readonly Reference[];
  /** Its own, instead of the build's. */
  readonly epoch: Date | undefined;
  /** Whether it is good for nothing without an epoch. */
  readonly needsEpoch: boolean;
  readonly exporter: Exporter;
  /** How layers are packed for the registries of its names; absent when it is not to be pushed. */
  readonly pushed: Packing | undefined;
}

/** Without any, the image goes into the store. Throws InvalidOptionError, OutputPlaceError. */
export function buildOutputs(
  options: readonly string[],
  annotations: readonly Annotation[] = [],
): readonly BuildOutput[] {
  const wanted = options.length === 0 ? ['type=image'] : options;
  const parsed = wanted.map(parseOutput);
  refuseSharedPlaces(parsed);
  const outputs = parsed.map((option) => openOutput(option, annotations));
  if (annotations.length > 0 && !outputs.some(({isImage}) => isImage)) {
    throw new InvalidOptionError('--annotation', 'no output is an image, which alone has any');
  }
  for (const {exporter} of outputs) exporter.check?.();
  return outputs;
}

/** Throws InvalidOptionError for one that is to rewrite times to no epoch. */
export function checkEpochs(outputs: readonly BuildOutput[], epoch: Date | undefined): void {
  if (outputs.every((output) => !output.needsEpoch || (output.epoch ?? epoch))) return;
  throw invalid('rewrite-timestamp wants SOURCE_DATE_EPOCH, in the environment or as --build-arg');
}

/** `--load`: the store is one of the outputs, as it is without any. */
export function withStore(options: readonly string[]): readonly string[] {
  const stored = options.map(parseOutput).some(isStored);
  return stored || options.length === 0 ? options : [...options, 'type=docker'];
}

const isStored = ({type, destination}: OutputOption): boolean =>
  type === 'image' || type === 'registry' || (type === 'docker' && destination === undefined);

/** `--push`: the image goes to the registries of its names, beside other outputs. */
export const withPush = (options: readonly string[]): readonly string[] => [
  ...options,
  'type=registry',
];

/** Throws InvalidOptionError for an output that is to be pushed without a name. */
export function checkPushes(outputs: readonly BuildOutput[], tags: readonly Reference[]): void {
  const nameless = outputs.some(({pushed, names}) => pushed && names.length + tags.length === 0);
  if (nameless) throw new InvalidOptionError('--push', 'want a name to push to: --tag NAME');
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

function openOutput(option: OutputOption, annotations: readonly Annotation[]): BuildOutput {
  const {type, destination} = option;
  const attributes = new OptionAttributes('--output', type, option.attributes);
  const {exporter, image} = open(option, attributes, annotations);
  const isPushed = type === 'registry' || (type === 'image' && attributes.truth('push', false));
  const usual: Packing = {form: {compression: 'gzip'}, force: false};
  const epoch = type === 'cacheonly' ? undefined : epochIn(attributes);
  attributes.finish();
  return {
    type,
    destination,
    isImage: image !== undefined,
    names: image?.names ?? [],
    epoch,
    needsEpoch: image?.form.rewriteTimestamp === true,
    exporter,
    pushed: isPushed ? (image?.form.packing ?? usual) : undefined,
  };
}

function epochIn(attributes: OptionAttributes): Date | undefined {
  const text = attributes.text('source-date-epoch') ?? '';
  if (text === '') return undefined;
  const epoch = parseEpoch(text);
  if (epoch !== undefined) return epoch;
  throw invalid(`source-date-epoch: want seconds since 1970, got ${JSON.stringify(text)}`);
}

interface Opened {
  readonly exporter: Exporter;
  /** Absent when it is no image. */
  readonly image?: ImageAttributes;
}

function open(
  option: OutputOption,
  attributes: OptionAttributes,
  annotations: readonly Annotation[],
): Opened {
  const {type, destination} = option;
  switch (type) {
    case 'image':
    case 'registry':
    case 'docker':
    case 'oci': {
      const isDocker = type === 'docker' && destination !== undefined;
      const usual = {family: isDocker ? 'docker' : 'oci', annotations} as const;
      const image = imageAttributes(attributes, usual);
      return {exporter: imageExporter(image.form, option, attributes), image};
    }
    case 'local':
      return {exporter: localExporter(attributes, option)};
    case 'tar':
      return {exporter: new TarExporter(archivePlace(option))};
    case 'cacheonly':
      refusePlace(option);
      return {exporter: {export: async () => undefined}};
    default:
      throw invalid(
        `want type image, registry, docker, oci, local, tar or cacheonly, got ${JSON.stringify(type)}`,
      );
  }
}

function imageExporter(
  form: ImageForm,
  option: OutputOption,
  attributes: OptionAttributes,
): Exporter {
  if (isStored(option)) {
    refusePlace(option);
    return new ImageExporter(form);
  }
  if (attributes.truth('tar', true)) return new ArchiveExporter(form, archivePlace(option));
  return new LayoutExporter(form, directoryPlace(option));
}

function localExporter(attributes: OptionAttributes, option: OutputOption): Exporter {
  const directory = directoryPlace(option);
  const mode = attributes.choice('mode', ['copy', 'delete']);
  if (mode === 'delete') refuseWideDeletion(directory);
  return new LocalExporter({directory, mode, split: attributes.truth('platform-split', false)});
}

function refusePlace({type, destination}: OutputOption): void {
  if (destination === undefined) return;
  throw invalid(`type=${type} writes no file and has no dest; type=oci writes one`);
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
