/** A build from the cache makes the image that a build without it makes, whatever was edited before. */
import {chmodSync, existsSync, renameSync, rmSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import type {Place} from './place.js';
import {type Seeded, seeded} from './seeded.js';

export interface Difference {
  readonly sequence: number;
  readonly edits: readonly string[];
  readonly cached: string;
  readonly fresh: string;
}

/** Of one project, whose edits go on from sequence to sequence, as its cache does. */
export async function fuzz(place: Place, sequences: number, seed: number): Promise<Difference[]> {
  const random = seeded(seed);
  const files = place.context({'src/a': '0', 'src/b': '0', 'one.txt': '0', 'two.txt': '0'});
  const project = new Project(place, files, random);
  const differences: Difference[] = [];
  for (let sequence = 1; sequence <= sequences; sequence++) {
    const edits: string[] = [];
    for (let count = 1 + random.whole(4); count > 0; count--) edits.push(await project.edit());
    const cached = await project.build();
    const fresh = await project.build('--no-cache');
    if (cached !== fresh) differences.push({sequence, edits, cached, fresh});
  }
  return differences;
}

const EPOCH = '1000000000';
const VERSIONS = {base: 0, compile: 0, env: 0, final: 0, label: 0, arg: 0};

class Project {
  readonly #place: Place;
  readonly #files: string;
  readonly #random: Seeded;
  readonly #versions = {...VERSIONS};
  #target: string | undefined;

  constructor(place: Place, files: string, random: Seeded) {
    this.#place = place;
    this.#files = files;
    this.#random = random;
  }

  /** What was done, in words. */
  async edit(): Promise<string> {
    const {whole, pick} = this.#random;
    const name = pick(['src/a', 'src/b', 'src/new', 'one.txt', 'two.txt', 'three.txt', 'x.log']);
    const path = join(this.#files, name);
    switch (whole(8)) {
      case 0:
      case 1:
        this.#place.write(path, String(whole(3)));
        return `write ${name}`;
      case 2:
        if (!/^src\/a|one/.test(name)) rmSync(path, {force: true});
        return `remove ${name}`;
      case 3:
        if (existsSync(path)) chmodSync(path, pick([0o600, 0o644, 0o755]));
        return `chmod ${name}`;
      case 4:
        if (existsSync(path)) utimesSync(path, 1.7e9, 1.7e9 + whole(1000));
        return `touch ${name}`;
      case 5:
        this.#swap();
        return 'swap src/b and two.txt';
      case 6:
        this.#target = pick([undefined, undefined, 'compile']);
        return `target ${this.#target}`;
      default:
        return this.#instruction();
    }
  }

  /** The image's id. */
  async build(...flags: readonly string[]): Promise<string> {
    this.#place.write(join(this.#files, 'Dockerfile'), this.#dockerfile());
    const output = ['--output', 'type=image,rewrite-timestamp=true'];
    const target = this.#target === undefined ? [] : ['--target', this.#target];
    const arg = ['--build-arg', `VERSION=${this.#versions.arg}`];
    const args = ['build', '-q', ...output, ...target, ...arg, ...flags, this.#files];
    const {stdout} = await this.#place.ok(args, {env: {SOURCE_DATE_EPOCH: EPOCH}});
    return stdout.trim();
  }

  #instruction(): string {
    const names = Object.keys(this.#versions) as (keyof typeof VERSIONS)[];
    const name = this.#random.pick(names);
    this.#versions[name] = this.#random.whole(3);
    return `${name} ${this.#versions[name]}`;
  }

  #swap(): void {
    const [b, two] = [join(this.#files, 'src/b'), join(this.#files, 'two.txt')];
    if (!existsSync(b) || !existsSync(two)) return;
    renameSync(b, `${b}.aside`);
    renameSync(two, b);
    renameSync(`${b}.aside`, two);
  }

  #dockerfile(): string {
    const {base, compile, env, final, label} = this.#versions;
    this.#place.write(join(this.#files, '.dockerignore'), '**/*.log\n');
    return `FROM busybox AS base
RUN echo ${base % 2} > /base
FROM base AS compile
WORKDIR /w
COPY src src
RUN cat /base src/* | tr ${compile} x > result
FROM base
ARG VERSION
LABEL version=${label}
ENV MODE=${env}
WORKDIR /app
COPY --from=compile /w/result ./
COPY --chmod=0640 *.txt texts/
RUN --mount=type=bind,source=src,target=/src cat /src/a result > all; echo "$MODE ${final}" >> all
`;
  }
}
