/**
 * What every command shares: flags that all have, interruption, and failures turned into messages and exit codes.
 *
 * stdout carries the result and nothing else; `--json` makes it JSON, for failures too. stderr tells the story.
 * Exit codes are docker's: 0, 1 for failure, 125 for usage; `run` sets `failureCode` to 125.
 */
import {Command} from '@oclif/core/command';
import type {Config} from '@oclif/core/config';
import * as Flags from '@oclif/core/flags';
import type {Source} from '../../dockerfile/source-frame.js';
import type {UsageError} from '../errors.js';
import {arrangeArgv, type FlagShape} from './arrange-argv.js';
import {abortOnSignals, type Interruption, STOP_SIGNALS} from './interruption.js';
import {lightConfig} from './light-config.js';
import {EXIT_FAILURE, reportError} from './report-error.js';
import {asUsageError} from './usage-error.js';

export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  static override baseFlags = {
    root: Flags.string({
      description: 'directory of the store, instead of TSBUILD_ROOT',
      helpGroup: 'GLOBAL',
      helpValue: 'DIR',
    }),
  };
  /** True where everything after the first argument belongs to somebody else: `run`. */
  static readonly stopAtArgument: boolean = false;

  /** Exit code of a failure that is not the command line's. */
  protected readonly failureCode: number = EXIT_FAILURE;
  /** What aborts `signal`. */
  protected readonly stopSignals: readonly NodeJS.Signals[] = STOP_SIGNALS;
  /** The Dockerfile in use, for the frame around a failure in it. */
  protected source: Source | undefined;
  /** Words after the first argument, with `stopAtArgument`. */
  protected rest: readonly string[] = [];
  #interruption: Interruption | undefined;
  #mistake: UsageError | undefined;
  #typed = '';

  /** Runs a command; never throws. The exit code is left in process.exitCode. */
  static async execute(Class: CommandClass, call: Call): Promise<void> {
    const {id, typed, argv} = call;
    const {stopAtArgument} = Class;
    const {words, rest, help, mistake} = arrangeArgv(argv, flagsOf(Class), {stopAtArgument});
    if (help) return (await import('./help.js')).showHelp([id]);
    Class.id = id;
    const command = new Class(words, lightConfig);
    command.rest = rest;
    command.#mistake = mistake;
    command.#typed = typed;
    await command._run();
  }

  /** Aborts at the first of the stop signals; from its first use those no longer end the process at once. */
  protected get signal(): AbortSignal {
    this.#interruption ??= abortOnSignals(this.stopSignals);
    return this.#interruption.signal;
  }

  /** oclif's own looks for deprecated aliases, in a Config that was loaded whole. */
  protected override async init(): Promise<void> {
    if (this.#mistake !== undefined) throw this.#mistake;
  }

  protected override async catch(error: Error): Promise<void> {
    // A command line that cannot be parsed is no mistake of the command's, of which oclif would warn.
    this.parsed = true;
    const called = {
      id: this.ctor.id,
      typed: this.#typed,
      flags: Object.keys(flagsOf(this.ctor)),
    };
    const {aborted, reason} = this.#interruption?.signal ?? {aborted: false};
    const failure = aborted ? reason : asUsageError(error, called);
    const report = reportError(failure, {
      source: this.source,
      failure: this.failureCode,
    });
    process.exitCode = report.exitCode;
    if (this.jsonEnabled()) this.logJson({error: report.fields});
    else process.stderr.write(report.text);
  }

  protected override async finally(): Promise<void> {
    this.#interruption?.dispose();
  }

  /** Tells failures of parts of the work, where the rest went on. */
  protected failEach(failures: readonly Error[]): void {
    for (const failure of failures) {
      const report = reportError(failure, {failure: this.failureCode});
      process.exitCode = report.exitCode;
      process.stderr.write(report.text);
    }
  }

  /** Tells a failure while the work goes on, whatever becomes of it. */
  protected tell(problem: unknown): void {
    process.stderr.write(reportError(problem, {failure: this.failureCode}).text);
  }

  /** A line of the result. */
  override log(message = ''): void {
    if (!this.jsonEnabled()) process.stdout.write(`${message}\n`);
  }

  /** Many, at once. */
  protected logLines(lines: readonly string[]): void {
    if (lines.length > 0) this.log(lines.join('\n'));
  }

  /** Without colours, so that it stays JSON on a terminal too. */
  override logJson(json: unknown): void {
    process.stdout.write(`${JSON.stringify(json, null, 2)}\n`);
  }
}

interface Call {
  readonly id: string;
  /** The command's name or alias as it was typed. */
  readonly typed: string;
  readonly argv: readonly string[];
}

/** A command that can be made: what each file in commands/ exports. */
export type CommandClass = Pick<typeof BaseCommand, keyof typeof BaseCommand> &
  (new (
    argv: string[],
    config: Config,
  ) => BaseCommand);

function flagsOf({
  flags,
  baseFlags,
  enableJsonFlag,
}: Pick<typeof Command, 'flags' | 'baseFlags' | 'enableJsonFlag'>): Record<string, FlagShape> {
  const json = enableJsonFlag ? {json: {type: 'boolean'} as const} : {};
  return {...baseFlags, ...flags, ...json};
}
