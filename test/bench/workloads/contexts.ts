/** The build contexts that are measured; each writes itself into an empty directory. */
import {closeSync, mkdirSync, openSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {noise, randomNumbers, sourceText} from './random.js';
import {wheel} from './wheel.js';
import {link, stamp, write} from './write.js';

export type WorkloadName = keyof typeof contexts;

export const contexts = {
  /** The classic seven steps. */
  hello(directory: string): void {
    const random = randomNumbers(1);
    const libraries = ['weblib', 'tmpl', 'clicky', 'dangerous', 'marks'];
    for (const name of libraries) {
      write(join(directory, `wheels/${name}-1.0-py3-none-any.whl`), wheel(name, 25, random));
    }
    write(join(directory, 'requirements.txt'), libraries.map((name) => `${name}==1.0\n`).join(''));
    write(
      join(directory, 'app.py'),
      'import os\nimport weblib\nprint("Hello", os.environ.get("NAME"), weblib.__version__)\n',
    );
    dockerfile(directory, [
      'FROM python:3.11-slim',
      'WORKDIR /app',
      'COPY . /app',
      'RUN pip install --no-cache-dir --no-index --find-links /app/wheels -r requirements.txt',
      'EXPOSE 80',
      'ENV NAME World',
      'CMD ["python", "app.py"]',
    ]);
    stamp(directory);
  },

  /** 30,000 files in 600 packages, as an installed dependency tree has them. */
  manyfiles(directory: string): void {
    const random = randomNumbers(2);
    const pool = sourceText(4 << 20, random);
    for (let index = 0; index < 600; index++) nodePackage(directory, index, {random, pool});
    dockerfile(directory, ['FROM busybox', 'COPY tree /app/node_modules']);
    stamp(directory);
  },

  /** Fifty small steps. */
  run50(directory: string): void {
    const steps = Array.from({length: 50}, (_, index) => `RUN echo ${index} > /f${index}`);
    dockerfile(directory, ['FROM busybox', ...steps]);
  },

  /** Six stages of a second each that need not wait for each other. */
  multistage(directory: string): void {
    const stages = Array.from({length: 6}, (_, index) => index);
    dockerfile(directory, [
      ...stages.flatMap((index) => [
        `FROM busybox AS s${index}`,
        `RUN sleep 1 && echo ${index} > /out${index}`,
      ]),
      'FROM busybox',
      ...stages.map((index) => `COPY --from=s${index} /out${index} /out${index}`),
    ]);
  },

  /** 1 GiB in one file, half noise and half text by turns of 2 KiB. */
  bigfile(directory: string): void {
    mkdirSync(directory, {recursive: true});
    const file = openSync(join(directory, 'big.bin'), 'w', 0o644);
    const random = noise(7);
    const text = sourceText(64 << 20, randomNumbers(3));
    const block = Buffer.allocUnsafe(16 << 20);
    let at = 0;
    for (let part = 0; part < 64; part++) {
      const bytes = random(8 << 20);
      for (let offset = 0; offset < block.length; offset += 4096) {
        bytes.copy(block, offset, offset >> 1, (offset >> 1) + 2048);
        text.copy(block, offset + 2048, at, at + 2048);
        at = (at + 2048 * 37) % (text.length - 2048);
      }
      writeSync(file, block);
    }
    closeSync(file);
    dockerfile(directory, ['FROM busybox', 'COPY big.bin /big.bin']);
  },

  /** One RUN that writes 10,000 files, 300 MB, as a package manager's unpacking does. */
  aptlike(directory: string): void {
    const seed = sourceText(150_000, randomNumbers(4));
    write(
      join(directory, 'seed'),
      Buffer.concat([seed, Buffer.from(noise(9)(112_500).toString('base64'))]),
    );
    write(join(directory, 'unpack.sh'), UNPACK);
    dockerfile(directory, [
      'FROM debian:bookworm-slim',
      'COPY seed unpack.sh /',
      'RUN sh /unpack.sh',
    ]);
  },
};

const UNPACK = `set -e
IFS=
n=0
while [ $n -lt 10000 ]; do
  if [ $((n % 100)) = 0 ]; then
    d=/usr/share/pkg$((n / 100)); mkdir -p $d; o=$((n % 135000))
    A=$(tail -c +$((o + 1)) /seed | head -c 15000); B=$(tail -c +$((o + 150001)) /seed | head -c 15000)
  fi
  printf '%s\\n%s%s' $n "$A" "$B" > $d/file$n
  n=$((n + 1))
done
`;

const FOLDERS = ['', 'lib', 'lib/util', 'dist', 'dist/esm', 'test', 'src'];

function nodePackage(
  directory: string,
  index: number,
  {random, pool}: {random: () => number; pool: Buffer},
): void {
  const scope = index % 10 === 0 ? `@scope${index % 7}/` : '';
  const root = join(directory, 'tree', `${scope}pkg-${index}`);
  write(join(root, 'package.json'), `{"name": "pkg-${index}", "version": "1.${index % 20}.0"}\n`);
  for (let file = 0; file < 49; file++) {
    const size = Math.min(200_000, Math.floor(Math.exp(6.2 + 3.1 * (random() + random() - 0.75))));
    const from = Math.floor(random() * (pool.length - size));
    const data = Buffer.concat([
      Buffer.from(`// ${index}/${file}\n`),
      pool.subarray(from, from + size),
    ]);
    write(join(root, FOLDERS[file % 7] ?? '', `f${file}.js`), data, file === 5 ? 0o755 : 0o644);
  }
  if (index % 3 === 0 && scope === '') {
    link(join(directory, `tree/.bin/cmd${index}`), `../pkg-${index}/test/f5.js`);
  }
}

const dockerfile = (directory: string, lines: readonly string[]): void =>
  write(join(directory, 'Dockerfile'), `${lines.join('\n')}\n`);
