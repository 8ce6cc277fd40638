/** What an edit makes run again, and the sentence that says why. */
import {chmodSync, renameSync, rmSync, symlinkSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import type {Build, Place} from './place.js';
import {sharedPlace} from './shared-place.js';

const DOCKERFILE = `FROM base AS other
RUN echo other > /other

FROM base
ARG VERSION=1
WORKDIR /app
COPY --from=other /other /other
COPY *.txt texts/
COPY src src
RUN cat texts/* src/* > all; env >> all
LABEL stage=one
`;

const WORKDIR = 'WORKDIR /app';
const TEXTS = 'COPY *.txt texts/';
const SRC = 'COPY src src';
const RUN = 'RUN cat texts/* src/* > all; env >> all';
const OTHER = 'COPY --from=other /other /other';
const AFTER_SRC = `${RUN}: an input changed: ${SRC} made other files`;

interface Scenario {
  readonly name: string;
  readonly edit?: (files: string, place: Place) => void | Promise<void>;
  readonly dockerfile?: (text: string) => string;
  readonly flags?: readonly string[];
  /** What runs again; the others hit. */
  readonly ran: readonly string[];
  readonly says?: readonly (string | RegExp)[];
}

const scenarios: readonly Scenario[] = [
  {name: 'nothing', ran: []},
  {
    name: 'the time of a file',
    edit: (files) => utimesSync(join(files, 'src/main'), 1e9, 1e9),
    ran: [],
  },
  {
    name: 'the content of a file',
    edit: (files, place) => place.write(join(files, 'src/main'), 'edited'),
    ran: [SRC, RUN],
    says: [/^COPY src src: file src\/main changed its content \(\w{12} → \w{12}\)$/, AFTER_SRC],
  },
  {
    name: 'the mode of a file',
    edit: (files) => chmodSync(join(files, 'src/main'), 0o755),
    ran: [SRC, RUN],
    says: [`${SRC}: file src/main changed its mode (0644 → 0755)`, AFTER_SRC],
  },
  {
    name: 'the name of a file',
    edit: (files) => renameSync(join(files, 'src/main'), join(files, 'src/other')),
    ran: [SRC, RUN],
    says: [`${SRC}: file src/other is new`, '    file src/main is gone', AFTER_SRC],
  },
  {
    name: 'a new file that the wildcard matches',
    edit: (files, place) => place.write(join(files, 'new.txt'), 'new'),
    ran: [TEXTS, SRC, RUN],
    says: [`${TEXTS}: file new.txt is new`],
  },
  {
    name: 'a new file that the wildcard does not match',
    edit: (files, place) => place.write(join(files, 'new.md'), 'new'),
    ran: [],
  },
  {
    name: 'an ignored file',
    edit: (files, place) => place.write(join(files, 'src/debug.log'), 'noise'),
    ran: [],
  },
  {
    name: 'the umask of the checkout',
    edit: (files) => checkOutUnder002(files),
    ran: [TEXTS, SRC, RUN],
    says: [
      `${TEXTS}: file one.txt changed its mode (0644 → 0664)`,
      '    file two.txt changed its mode (0644 → 0664)',
      `${SRC}: file src changed its mode (0755 → 0775)`,
      '    file src/main changed its mode (0644 → 0664)',
    ],
  },
  {
    name: 'the umask, modes normalized',
    edit: (files) => checkOutUnder002(files),
    flags: ['--normalize-modes'],
    ran: [],
  },
  {
    name: 'what git knows of a mode, normalized',
    edit: (files) => {
      checkOutUnder002(files);
      chmodSync(join(files, 'src/main'), 0o775);
    },
    flags: ['--normalize-modes'],
    ran: [SRC, RUN],
    says: [`${SRC}: file src/main changed its mode (0644 → 0755)`, AFTER_SRC],
  },
  {
    name: 'a removed file',
    edit: (files) => rmSync(join(files, 'src/extra')),
    ran: [SRC, RUN],
    says: [`${SRC}: file src/extra is gone`, AFTER_SRC],
  },
  {
    name: 'a file that became a link',
    edit: (files) => {
      rmSync(join(files, 'src/extra'));
      symlinkSync('main', join(files, 'src/extra'));
    },
    ran: [SRC, RUN],
    says: [/^COPY src src: file src\/extra changed its type \(file → symlink\)/, AFTER_SRC],
  },
  {
    name: 'the value of an ARG that is declared',
    flags: ['--build-arg', 'VERSION=2'],
    ran: [RUN],
    says: [`${RUN}: variable VERSION was "1", is "2"`],
  },
  {name: 'an ARG that nobody declares', flags: ['--build-arg', 'NOBODY=2'], ran: []},
  {
    name: 'a label',
    dockerfile: (text) => text.replace('stage=one', 'stage=two'),
    ran: [],
  },
  {
    name: 'a comment and blank lines',
    dockerfile: (text) => `# a comment\n\n${text.replace('\nCOPY src', '\n# another\n\nCOPY src')}`,
    ran: [],
  },
  {
    name: 'a command whose result is the same',
    dockerfile: (text) => text.replace('> all;', '> all &&'),
    ran: ['RUN cat texts/* src/* > all && env >> all'],
    says: [
      /^RUN cat .*: the command was \["\/bin\/sh","-c","cat .* > all; env .*\], is \[.* && env/,
    ],
  },
  {
    name: 'the working directory',
    dockerfile: (text) => text.replace('WORKDIR /app', 'WORKDIR /srv'),
    ran: ['WORKDIR /srv', TEXTS, SRC, RUN, OTHER],
    says: [
      'WORKDIR /srv: path was "/app", is "/srv"',
      `${TEXTS}: destination was "/app/texts/", is "/srv/texts/"`,
    ],
  },
  {
    name: 'a variable of the environment',
    dockerfile: (text) => text.replace('COPY src', 'ENV MODE=fast\nCOPY src'),
    ran: [RUN],
    says: [`${RUN}: variable MODE was not set, is "fast"`],
  },
  {
    name: 'an unrelated stage',
    dockerfile: (text) => text.replace('echo other', 'printf "other\\n"'),
    ran: ['RUN printf "other\\n" > /other'],
  },
  {
    name: 'the base under the same name',
    edit: (_, place) => rebase(place, 'another'),
    ran: [WORKDIR, TEXTS, SRC, RUN, OTHER, 'RUN echo other > /other'],
    says: [/^WORKDIR \/app: an input was FROM base@sha256:\w+, is FROM base@sha256:\w+$/],
  },
  {
    name: 'everything, by wish',
    flags: ['--no-cache'],
    ran: [WORKDIR, TEXTS, SRC, RUN, OTHER, 'RUN echo other > /other'],
    says: [`${WORKDIR}: no earlier result was to be taken`],
  },
  {
    name: 'two things at once: the instruction comes first',
    edit: (files, place) => place.write(join(files, 'src/main'), 'edited too'),
    dockerfile: (text) => text.replace('COPY src src', 'COPY --chmod=0700 src src'),
    ran: ['COPY --chmod=0700 src src', RUN],
    says: [
      'COPY --chmod=0700 src src: chmod was not set, is "0700"',
      /^ {4}file src\/main changed its content/,
    ],
  },
];

// Keys know no users: one is enough.
describe.each(testUserNames.slice(-1))('an edit, as %s', (user) => {
  // Base and files are each row's own: no key of one is a key of another, and no earlier result of another is nearer.
  const stocked = sharedPlace(user, ['busybox']);

  test.for(scenarios)(
    '$name',
    async ({edit, dockerfile, flags = [], ran, says = [], name}, context) => {
      needs(context, 'user namespaces');
      const place = await stocked();
      await rebase(place, name);
      const files = place.context({
        Dockerfile: DOCKERFILE,
        '.dockerignore': '*.log\n**/*.log\nDockerfile\n',
        'one.txt': `one ${name}`,
        'two.txt': `two ${name}`,
        'src/main': `main ${name}`,
        'src/extra': `extra ${name}`,
      });
      await place.ok(['build', '-q', '-t', 'edited', files]);
      await edit?.(files, place);
      if (dockerfile) place.write(join(files, 'Dockerfile'), dockerfile(DOCKERFILE));

      const build = await place.build(files, 'edited', '--explain', ...flags);
      expect(new Set(ranIn(build))).toEqual(new Set(ran));
      const lines = build.log.split('\n').map(bare);
      for (const line of says) {
        expect(lines).toContainEqual(typeof line === 'string' ? line : expect.stringMatching(line));
      }
      const later = (await place.ok(['cache', 'explain', 'edited'])).stdout.split('\n').map(bare);
      for (const line of says) {
        expect(later).toContainEqual(typeof line === 'string' ? line : expect.stringMatching(line));
      }
    },
  );

  test('a checkout at another path, of another owner, hits everywhere', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    await rebase(place, 'another checkout');
    const files = {Dockerfile: DOCKERFILE, 'one.txt': '1', 'two.txt': '2', 'src/main': 'm'};
    await place.build(place.context(files), 'one');
    expect(ranIn(await place.build(place.context(files), 'two'))).toEqual([]);
  });
});

/** As `umask 002` would have left the files. */
function checkOutUnder002(files: string): void {
  for (const name of ['one.txt', 'two.txt', 'src/main', 'src/extra']) {
    chmodSync(join(files, name), 0o664);
  }
  chmodSync(join(files, 'src'), 0o775);
}

/** Gives the name `base` to an image that holds this. */
async function rebase(place: Place, text: string): Promise<void> {
  const files = place.context({Dockerfile: 'FROM busybox\nCOPY text /\n', text});
  await place.ok(['build', '-q', '-t', 'base', files]);
}

/** Without the step's number. */
const bare = (line: string): string => line.replaceAll(/\[(?:[\w-]+ )?\d+\/\d+\] /g, '');

const ranIn = ({steps}: Build): string[] =>
  steps
    .filter(({name, state}) => state === 'done' && /^\[[^i]/.test(name) && !name.includes('FROM'))
    .map(({name}) => bare(name));
