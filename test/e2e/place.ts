/** A store of its own for a user, and the executable run on it. */
import {type ChildProcess, spawn} from 'node:child_process';
import {
  chownSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {ensureBase} from '../bases/ensure-base.js';
import type {BaseName} from '../bases/recipes.js';
import {entered, removingStore} from '../helpers/enter.js';
import {commandPrefix, type TestUser, testUser} from '../helpers/users.js';
import {installFor} from './install.js';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A file to read standard input from. */
  readonly stdin?: string;
  /** The user's, in octal. */
  readonly umask?: string;
}

/** Makes a place for the user; `bases` are in its store. */
export async function openPlace(userName: string, bases: readonly BaseName[] = []): Promise<Place> {
  const place = new Place(testUser(userName));
  for (const base of bases) {
    await place.ok(['load', '--quiet'], {stdin: await ensureBase(base)});
  }
  return place;
}

export class Place implements AsyncDisposable {
  readonly user: TestUser;
  readonly directory: string;
  readonly store: string;
  readonly #install: string;
  #contexts = 0;

  constructor(user: TestUser) {
    this.user = user;
    this.#install = installFor(user);
    this.directory = mkdtempSync('/var/tmp/tsbuild-e2e-');
    this.store = join(this.directory, 'store');
    this.#own(this.directory);
  }

  /** Writes files into a new directory, which the user owns; a trailing slash makes a directory. */
  context(files: Readonly<Record<string, string>>): string {
    this.#contexts += 1;
    const root = join(this.directory, `context${this.#contexts}`);
    for (const [name, text] of Object.entries(files)) this.write(join(root, name), text);
    return root;
  }

  write(path: string, text: string): void {
    const made = mkdirSync(path.endsWith('/') ? path : dirname(path), {recursive: true});
    if (!path.endsWith('/')) writeFileSync(path, text);
    this.#own(path);
    if (made === undefined) return;
    for (let folder = dirname(path); folder.length >= made.length; folder = dirname(folder)) {
      this.#own(folder);
    }
  }

  async run(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const stdin = options.stdin === undefined ? undefined : openSync(options.stdin, 'r');
    try {
      return await outcome(this.start(args, {...options, input: stdin ?? 'ignore'}));
    } finally {
      if (stdin !== undefined) closeSync(stdin);
    }
  }

  /** As `run`, of what must succeed. */
  async ok(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const result = await this.run(args, options);
    if (result.code === 0) return result;
    const told = `${result.stdout}${result.stderr}`;
    throw new Error(`tsbuild ${args.join(' ')} exited with ${result.code}:\n${told}`);
  }

  start(
    args: readonly string[],
    {
      env = {},
      input = 'ignore',
      output = 'pipe',
      umask = '022',
    }: Pick<RunOptions, 'env' | 'umask'> & {
      input?: number | 'ignore';
      output?: number | 'pipe';
    } = {},
  ): ChildProcess {
    const node = process.env['TSBUILD_NODE'];
    const chosen = node === undefined ? {} : {TSBUILD_NODE: node};
    const settings = {TSBUILD_ROOT: this.store, ...chosen, ...env};
    const assignments = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const executable = join(this.#install, 'dist/tsbuild');
    const [program = '', ...rest] = [
      ...commandPrefix(this.user),
      ...assignments,
      ...['sh', '-c', `umask ${umask}; exec "$0" "$@"`, executable],
      ...args,
    ];
    return spawn(program, rest, {cwd: this.directory, stdio: [input, output, 'pipe']});
  }

  /** Builds, and re-derives every digest of what came out. */
  async build(context: string, tag: string, ...flags: readonly string[]): Promise<Build> {
    const built = await this.rebuild(context, tag, ...flags);
    await this.verify(tag);
    return built;
  }

  /** As `build`, of what is expected to be an image that was verified before. */
  async rebuild(context: string, tag: string, ...flags: readonly string[]): Promise<Build> {
    const args = ['build', '--progress', 'plain', '-t', tag, ...flags, context];
    const {stdout, stderr} = await this.ok(args);
    return {imageID: stdout.trim(), log: stderr, steps: stepsOf(stderr)};
  }

  /** Checks the image against its own digests, diffIDs and sizes, inside the launcher's namespaces. */
  async verify(reference: string): Promise<void> {
    await this.ok(
      entered(this.#install, 'test/e2e/programs/verify-image.ts', this.store, reference),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      rmSync(this.directory, {recursive: true, force: true});
    } catch {
      // what subordinate ids own goes only from inside the namespace that maps them
      await this.run(removingStore(this.#install, this.store));
      rmSync(this.directory, {recursive: true, force: true});
    }
  }

  #own(path: string): void {
    if (process.getuid?.() === 0) chownSync(path, this.user.uid, this.user.gid);
  }
}

export interface Build {
  readonly imageID: string;
  readonly log: string;
  readonly steps: readonly Step[];
}

export interface Step {
  /** As the plain progress names it: `[2/4] WORKDIR /app`. */
  readonly name: string;
  readonly state: 'cached' | 'done' | 'error' | 'unknown';
}

/** Reads `#3 [2/4] WORKDIR /app` and `#3 CACHED` of the plain progress. */
function stepsOf(log: string): Step[] {
  const names = new Map<string, string>();
  const states = new Map<string, Step['state']>();
  for (const [, number = '', text = ''] of log.matchAll(/^#(\d+) (.*)$/gm)) {
    if (!names.has(number)) names.set(number, text);
    const state = /^(CACHED|DONE|ERROR)\b/.exec(text)?.[1]?.toLowerCase();
    if (state !== undefined) states.set(number, state as Step['state']);
  }
  return [...names].map(([number, name]) => ({name, state: states.get(number) ?? 'unknown'}));
}

export function outcome(child: ChildProcess): Promise<Outcome> {
  const text = {stdout: '', stderr: ''};
  child.stdout?.setEncoding('utf8').on('data', (data) => {
    text.stdout += data;
  });
  child.stderr?.setEncoding('utf8').on('data', (data) => {
    text.stderr += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({code, ...text}));
  });
}
