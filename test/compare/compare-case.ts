/** One case built by both, and what became of it. */
import {copyFileSync, mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {CompareCase} from './corpus.js';
import {type Difference, imageDifferences, valueDifferences} from './differences.js';
import {messageDifferences} from './message-differences.js';
import {explanation, idleNotes, NOT_ASKED, notesOnAll, readNotes} from './notes.js';
import type {BuildInput, Result, Side} from './side.js';
import type {Warnings} from './warnings.js';
import {writeContext} from './write-context.js';

export interface Comparison {
  readonly name: string;
  /** What BuildKit made of it; `unasked` with a note that says why. */
  readonly kind: Result['kind'] | 'unasked';
  readonly unexplained: readonly Difference[];
  readonly explained: readonly {readonly difference: Difference; readonly reason: string}[];
  /** Notes that explain nothing. */
  readonly idle: readonly string[];
}

export interface Sides {
  readonly tsbuild: Side;
  readonly buildkit: Side;
}

export async function compareCase(
  what: CompareCase,
  sides: Sides,
  directory: string,
): Promise<Comparison> {
  const {name, folder, flags} = what;
  if (NOT_ASKED in readNotes(folder)) {
    return {name, kind: 'unasked', unexplained: [], explained: [], idle: []};
  }
  const context = join(directory, `${name}.context`);
  await writeContext(what, context);
  // BuildKit keeps one copy of a directory, and two builds at once from one take each other's files away.
  const ownFolder = join(directory, `${name}.dockerfile`);
  mkdirSync(ownFolder);
  try {
    const dockerfile = join(ownFolder, `${name}.Dockerfile`);
    copyFileSync(join(folder, 'Dockerfile'), dockerfile);
    const input: BuildInput = {name, dockerfile, context, flags};
    const tsbuild = await sides.tsbuild.build(input);
    const buildkit = await sides.buildkit.build(input);
    return judged(what, differences(tsbuild, buildkit), buildkit.kind);
  } finally {
    for (const each of [context, ownFolder]) rmSync(each, {recursive: true});
  }
}

function judged({name, folder}: CompareCase, all: Difference[], kind: Result['kind']): Comparison {
  const own = readNotes(folder);
  const known = {...notesOnAll(), ...own};
  const unexplained: Difference[] = [];
  const explained: {difference: Difference; reason: string}[] = [];
  for (const difference of all) {
    const reason = explanation(known, difference);
    if (reason === undefined) unexplained.push(difference);
    else explained.push({difference, reason});
  }
  return {name, kind, unexplained, explained, idle: idleNotes(own, all)};
}

function differences(tsbuild: Result, buildkit: Result): Difference[] {
  if (tsbuild.kind === 'image' && buildkit.kind === 'image') {
    return [
      ...imageDifferences(tsbuild.image, buildkit.image),
      ...warningDifferences(tsbuild.warnings, buildkit.warnings),
    ];
  }
  if (tsbuild.kind === 'failure' && buildkit.kind === 'failure') {
    return messageDifferences(tsbuild, buildkit);
  }
  return [{place: 'outcome', tsbuild: outcome(tsbuild), buildkit: outcome(buildkit)}];
}

const warningDifferences = (tsbuild: Warnings, buildkit: Warnings): Difference[] =>
  Object.keys({...tsbuild, ...buildkit}).flatMap((place) =>
    valueDifferences(`warning ${place}`, tsbuild[place], buildkit[place]),
  );

const outcome = (result: Result): string =>
  result.kind === 'image' ? 'an image' : `fails: ${result.message}`;
