/** One case built by both, and what became of it. */
import {copyFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {CompareCase} from './corpus.js';
import {type Difference, imageDifferences, valueDifferences} from './differences.js';
import {messageDifferences} from './message-differences.js';
import {explanation, idleNotes, notesOnAll, readNotes} from './notes.js';
import type {BuildInput, Result, Side} from './side.js';
import {writeContext} from './write-context.js';

export interface Comparison {
  readonly name: string;
  readonly kind: Result['kind'];
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
  {tsbuild, buildkit}: Sides,
  directory: string,
): Promise<Comparison> {
  const {name, folder, flags} = what;
  const context = join(directory, `${name}.context`);
  await writeContext(what, context);
  try {
    const dockerfile = join(directory, `${name}.Dockerfile`);
    copyFileSync(join(folder, 'Dockerfile'), dockerfile);
    const input: BuildInput = {name, dockerfile, context, flags};
    const results = [await tsbuild.build(input), await buildkit.build(input)] as const;
    return judged(what, differences(...results), results[1].kind);
  } finally {
    rmSync(context, {recursive: true});
  }
}

function judged(what: CompareCase, all: Difference[], kind: Comparison['kind']): Comparison {
  const notes = readNotes(what.folder);
  const known = {...notesOnAll(), ...notes};
  const reasoned = all.map((difference) => ({difference, reason: explanation(known, difference)}));
  return {
    name: what.name,
    kind,
    unexplained: reasoned.flatMap(({difference, reason}) =>
      reason === undefined ? difference : [],
    ),
    explained: reasoned.flatMap(({difference, reason}) =>
      reason === undefined ? [] : {difference, reason},
    ),
    idle: idleNotes(notes, all),
  };
}

function differences(tsbuild: Result, buildkit: Result): Difference[] {
  const warnings = valueDifferences('warnings', tsbuild.warnings, buildkit.warnings);
  if (tsbuild.kind === 'image' && buildkit.kind === 'image') {
    return [...imageDifferences(tsbuild.image, buildkit.image), ...warnings];
  }
  if (tsbuild.kind === 'failure' && buildkit.kind === 'failure') {
    return messageDifferences(tsbuild, buildkit);
  }
  return [{place: 'outcome', tsbuild: outcome(tsbuild), buildkit: outcome(buildkit)}];
}

const outcome = (result: Result): string =>
  result.kind === 'image' ? 'an image' : `fails: ${result.message}`;
