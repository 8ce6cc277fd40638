/** The projects of fixtures/projects: how each is built, run, and asked for its answer. */
import {cpSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as after} from 'node:timers/promises';
import {repository} from '../bases/ensure-base.js';
import type {BaseName} from '../bases/recipes.js';
import {corpus} from '../compare/corpus.js';
import {freePort} from '../helpers/free-port.js';
import {outcome, type Place} from './place.js';

export interface Project {
  readonly name: string;
  readonly bases: readonly BaseName[];
  /** Beside those of its options.json. */
  readonly flags?: readonly string[];
  readonly ask: (place: Place, image: string) => Promise<unknown>;
  readonly answer: unknown;
}

/** The project's files where the place's user owns them, and the flags that its options.json wants. */
export function copyProject(place: Place, name: string) {
  const [project] = corpus([name]);
  if (project === undefined) throw new Error(`no project ${name}`);
  const folder = join(place.directory, 'projects', name);
  const paths = readdirSync(project.folder, {recursive: true, encoding: 'utf8'});
  for (const path of paths.filter((each) => statSync(join(project.folder, each)).isFile())) {
    place.write(join(folder, path), readFileSync(join(project.folder, path), 'utf8'));
  }
  cpSync(join(repository, 'fixtures/hello/wheels'), join(place.directory, 'hello/wheels'), {
    recursive: true,
  });
  return {folder, flags: project.flags.map((flag) => flag.replaceAll(project.folder, folder))};
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
