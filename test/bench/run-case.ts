import type {Builder} from './builder.js';
import type {Case, CasePlace} from './case.js';
import {median, type Sample, settle, timed} from './measure.js';

export interface Row {
  readonly builder: string;
  readonly runs: number;
  readonly median: number;
  readonly least: number;
  readonly megabytes: number | undefined;
}

export interface CaseOptions {
  readonly place: CasePlace;
  /** How often each builder runs, by its name. */
  runs(builder: Builder): number;
  report(line: string): void;
}

/** Builders take turns, so that a slow minute of the machine is everybody's. A failing builder is reported and left out. */
export function runCase(what: Case, builders: readonly Builder[], options: CaseOptions): Row[] {
  const {place, report} = options;
  const samples = new Map<Builder, Sample[]>();
  const guarded = (builder: Builder, action: () => void) => {
    try {
      action();
    } catch (error) {
      samples.delete(builder);
      report(`  ${builder.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  for (const builder of builders) {
    if (what.command(builder, place) === undefined) continue;
    samples.set(builder, []);
    guarded(builder, () => what.once?.(builder, place));
  }
  for (let turn = 0; turn < Math.max(0, ...builders.map(options.runs)); turn++) {
    for (const [builder, taken] of samples) {
      if (turn < options.runs(builder)) {
        guarded(builder, () => void taken.push(oneRun(what, builder, place)));
      }
    }
  }
  what.after?.(place);
  return [...samples].map(([builder, taken]) => toRow(builder, taken));
}

function oneRun(what: Case, builder: Builder, place: CasePlace): Sample {
  what.before?.(builder, place);
  const registry = what.registry ? [place.registry.data] : [];
  settle(builder.root, [...builder.warm, place.context, ...registry]);
  return timed(builder.shell, what.command(builder, place) ?? 'false');
}

function toRow(builder: Builder, samples: readonly Sample[]): Row {
  const seconds = samples.map((sample) => sample.seconds);
  const megabytes = samples.flatMap((sample) => sample.megabytes ?? []);
  return {
    builder: builder.name,
    runs: samples.length,
    median: median(seconds),
    least: Math.min(...seconds),
    megabytes: megabytes.length === 0 ? undefined : Math.max(...megabytes),
  };
}
