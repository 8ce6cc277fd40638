/** Images to and from a registry: as docker's tools do it, all of the work between a store and a registry in one command. */
import {join} from 'node:path';
import type {BaseName} from '../bases/recipes.js';
import type {Builder} from './builder.js';
import {type Case, type CasePlace, imageOf} from './case.js';
import {sh} from './shell.js';
import {contexts, type WorkloadName} from './workloads/contexts.js';

interface Transfer {
  readonly base: BaseName;
  readonly image: string;
  /** What builds the image; without, the image is the base. */
  readonly workload?: WorkloadName;
  readonly goal: number;
}

/** Of an image that was never pushed, into an empty registry. Tools without a store read an archive of plain tars. */
export function pushed({image, ...transfer}: Transfer): Case {
  const {workload} = transfer;
  return {
    ...transfer,
    name: `push ${image}`,
    registry: true,
    ready(tsbuild, place) {
      if (workload === undefined) return;
      build(tsbuild, image, place);
      sh(tsbuild.shell, tsbuild.save?.(image, archive(place, image)) ?? 'false');
    },
    once(builder, place) {
      if (workload === undefined) return;
      if (builder.build === undefined) builder.load(archive(place, image));
      else build(builder, image, place);
    },
    before(builder, place) {
      place.registry.empty(builder.root);
      if (builder.keepsPacked) {
        builder.wipe(image);
        if (workload !== undefined) build(builder, image, place);
      }
      builder.tag?.(image, nameOf(image, place));
    },
    command: (builder, place) => builder.push?.(image, nameOf(image, place)),
  };
}

/** Pulled, unpacked, and its first process run; the same blobs for everybody. */
export function pulled({image, ...transfer}: Transfer): Case {
  return {
    ...transfer,
    name: `pull and run ${image} true`,
    registry: true,
    floors: ['skopeo', 'crane'],
    ready(tsbuild, place) {
      const name = nameOf(image, place);
      place.registry.empty(tsbuild.root);
      if (transfer.workload !== undefined) build(tsbuild, image, place);
      tsbuild.tag?.(image, name);
      sh(tsbuild.shell, tsbuild.push?.(image, name) ?? 'false');
    },
    before: (builder, place) =>
      builder.forget?.(everyImage.flatMap((each) => [each, nameOf(each, place)])),
    command: (builder, place) => builder.pullAndRun?.(nameOf(image, place), 'true'),
  };
}

/** Whoever has one of them may have layers of another. */
const everyImage: readonly string[] = [
  ...['busybox', 'debian:bookworm-slim', 'python:3.11-slim'],
  ...Object.keys(contexts).map(imageOf),
];

const nameOf = (image: string, {registry}: CasePlace): string => `${registry.address}/${image}`;
const archive = ({scratch}: CasePlace, image: string): string => join(scratch, `${image}.tar`);

function build(builder: Builder, image: string, {context}: CasePlace): void {
  const command = builder.build?.(context, image);
  if (command !== undefined) sh(builder.shell, command);
}
