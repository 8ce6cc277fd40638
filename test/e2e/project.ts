/** The projects of fixtures/projects: how each is built, run, and asked for its answer. */
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {setTimeout as after} from 'node:timers/promises';
import {repository} from '../bases/ensure-base.js';
import type {BaseName} from '../bases/recipes.js';
import {outcome, type Place} from './place.js';

export interface Project {
  readonly name: string;
  readonly bases: readonly BaseName[];
  /** Below the project; by default its root. */
  readonly context?: string;
  readonly flags: (files: string) => readonly string[];
  readonly ask: (place: Place, image: string) => Promise<unknown>;
  readonly answer: unknown;
}

const projects = join(repository, 'fixtures/projects');

/** The project's files in a directory that the place's user owns. */
export function projectFiles(place: Place, name: string): string {
  const root = join(projects, name);
  const paths = readdirSync(root, {recursive: true, encoding: 'utf8'});
  const files = paths.filter((path) => statSync(join(root, path)).isFile());
  return place.context(
    Object.fromEntries(files.map((path) => [path, readFileSync(join(root, path), 'utf8')])),
  );
}

/** Runs the image to its end. */
export const printed =
  (...args: readonly string[]): Project['ask'] =>
  async (place, image) => {
    const {stdout, stderr} = await place.ok(['run', '--rm', image, ...args]);
    return stdout + stderr;
  };

/** Starts the image as a server on a free port of loopback, asks, and ends it by SIGTERM. */
export const served =
  (port: string, paths: readonly string[]): Project['ask'] =>
  async (place, image) => {
    const number = await freePort();
    const server = place.start(['run', '--rm', '--init', '-e', `${port}=${number}`, image]);
    const ended = outcome(server);
    try {
      const answers: string[] = [];
      for (const path of paths) {
        answers.push(await ask(`http://127.0.0.1:${number}${path}`, ended));
      }
      return answers;
    } finally {
      server.kill('SIGTERM');
      await ended;
    }
  };

async function ask(url: string, ended: Promise<{stderr: string}>): Promise<string> {
  let gone: {stderr: string} | undefined;
  void ended.then((end) => {
    gone = end;
  });
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer !== undefined) return answer.text();
    if (gone !== undefined) throw new Error(`the server ended: ${gone.stderr}`);
    await after(50);
  }
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
