/** What `builds diff` tells of two builds: the step that changed, why it ran, and the files it wrote otherwise. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

const DOCKERFILE = `FROM busybox
COPY src /src
RUN sort /src/* > /sorted
RUN echo always
`;

test.for(testUserNames)('two builds are compared, as %s', async (user, context) => {
  needs(context, 'user namespaces');
  await using place = await openPlace(user, ['busybox']);
  const files = place.context({Dockerfile: DOCKERFILE, 'src/old': 'old\n', 'src/kept': 'kept\n'});
  const build = () => place.build(files, 'compared');
  const lines = async (...args: string[]) =>
    (await place.ok(['builds', 'diff', ...args])).stdout.split('\n');
  const signs = (all: readonly string[]) =>
    all
      .filter((line) => /^[=~+-] /.test(line))
      .map((line) => `${line[0]} ${line.split('   ').at(-1)?.trim()}`);
  await build();
  const alone = await place.run(['builds', 'diff']);
  expect(alone).toMatchObject({code: 1, stderr: expect.stringContaining('E_NO_EARLIER_BUILD')});

  await build();
  const same = await lines();
  expect(signs(same)).toEqual([
    expect.stringMatching(/^= FROM busybox/),
    '= COPY src /src',
    '= RUN sort /src/* > /sorted',
    '= RUN echo always',
  ]);
  expect(same.join('\n')).toContain('done → cached');

  place.write(join(files, 'src/new'), 'new\n');
  rmSync(join(files, 'src/old'));
  place.write(
    join(files, 'Dockerfile'),
    DOCKERFILE.replace('RUN echo always', 'RUN echo ever\nRUN touch /more'),
  );
  await build();
  const told = await lines();
  expect(signs(told)).toEqual([
    expect.stringMatching(/^= FROM busybox/),
    '~ COPY src /src',
    '~ RUN sort /src/* > /sorted',
    '~ RUN echo always → RUN echo ever',
    '+ RUN touch /more',
  ]);
  for (const line of [
    'why: file src/new is new',
    '+ 4B      /src/new',
    '- 4B      /src/old',
    '~ 9B      /sorted  (content',
    '+ 0B      /more',
  ]) {
    expect(told.some((each) => each.trim().startsWith(line))).toBe(true);
  }
  const [newest, , oldest] = JSON.parse((await place.ok(['builds', '--json'])).stdout);
  const diff = JSON.parse(
    (await place.ok(['builds', 'diff', '--json', oldest.id, newest.id])).stdout,
  );
  expect(diff.before.id).toBe(oldest.id);
  expect(diff.after.size).toBeGreaterThan(diff.before.size);
  expect(diff.steps.map(({change}: {change: string}) => change)).toEqual([
    'same',
    'changed',
    'changed',
    'changed',
    'added',
  ]);
});
