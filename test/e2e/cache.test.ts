import type {ChildProcess} from 'node:child_process';
import {renameSync, rmSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, outcome} from './place.js';

describe.each(testUserNames)('the build cache, as %s', (user) => {
  test('a stage the target does not reach is not built, and a copied file that stays the same is a hit', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: `FROM busybox AS compile
COPY source /source
RUN tr a-z A-Z < /source > /result

FROM busybox AS unreached
RUN exit 1

FROM busybox
COPY --from=compile /result /result
RUN cp /result /final
`,
      source: 'text\n',
    });
    const first = await place.build(files, 'staged');
    expect((await place.ok(['run', '--rm', 'staged', 'cat', '/final'])).stdout).toBe('TEXT\n');
    expect(first.log).not.toContain('unreached');

    place.write(join(files, 'source'), 'TEXT\n');
    const second = await place.build(files, 'staged');
    const states = Object.fromEntries(second.steps.map(({name, state}) => [name, state]));
    expect(states).toMatchObject({
      '[compile 2/3] COPY source /source': 'done',
      '[stage-2 3/3] RUN cp /result /final': 'cached',
    });
    expect(second.imageID).toBe(first.imageID);
  });

  test('what .dockerignore names is neither copied nor part of the key', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: 'FROM busybox\nCOPY . /all\n',
      '.dockerignore': '*.log\nprivate\n!private/shared\n',
      'kept.txt': '',
      'noise.log': 'one',
      'private/secret': '',
      'private/shared': '',
    });
    const first = await place.build(files, 'ignoring');
    const {stdout} = await place.ok(['run', '--rm', 'ignoring', 'find', '/all', '-type', 'f']);
    expect(stdout.trim().split('\n').sort()).toEqual([
      '/all/.dockerignore',
      '/all/Dockerfile',
      '/all/kept.txt',
      '/all/private/shared',
    ]);
    place.write(join(files, 'noise.log'), 'two');
    rmSync(join(files, 'private/secret'));
    utimesSync(join(files, 'kept.txt'), 1e9, 1e9);
    const second = await place.build(files, 'ignoring');
    expect(second.imageID).toBe(first.imageID);
    expect(second.steps.find(({name}) => name.includes('COPY'))?.state).toBe('cached');
  });

  test('a directory that moved, in the context and in a stage, is a hit; a file copied under another name is not', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const dockerfile = (source: string, file: string) => `FROM busybox AS made
RUN mkdir -p /${source}/made && echo made > /${source}/made/file

FROM busybox
COPY ${source} /copied/
COPY --from=made /${source}/made /made/
RUN --mount=type=bind,from=made,source=/${source}/made/file,target=/shown cp /shown /seen
COPY ${file} /
`;
    const files = place.context({
      Dockerfile: dockerfile('old', 'old.txt'),
      'old/file': 'text\n',
      'old.txt': 'text\n',
    });
    await place.build(files, 'moved');
    place.write(join(files, 'Dockerfile'), dockerfile('new', 'new.txt'));
    for (const name of ['', '.txt']) {
      renameSync(join(files, `old${name}`), join(files, `new${name}`));
    }
    const {steps} = await place.build(files, 'moved');
    const states = Object.fromEntries(steps.map(({name, state}) => [name, state]));
    expect(states).toMatchObject({
      '[made 2/2] RUN mkdir -p /new/made && echo made > /new/made/file': 'done',
      '[stage-1 2/5] COPY new /copied/': 'cached',
      '[stage-1 3/5] COPY --from=made /new/made /made/': 'cached',
      '[stage-1 4/5] RUN --mount=type=bind,from=made,source=/new/made/file,target=/shown cp /shown /seen':
        'cached',
      '[stage-1 5/5] COPY new.txt /': 'done',
    });
    const {stdout} = await place.ok([
      'run',
      '--rm',
      'moved',
      'sh',
      '-c',
      'cat /made/file /seen; ls /*.txt',
    ]);
    expect(stdout).toBe('made\nmade\n/new.txt\n');
  });

  test('a COPY that runs again keeps the files of its earlier layer that did not change', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: 'FROM busybox\nCOPY --chown=7:8 app /app\n',
      'app/kept': 'kept\n',
      'app/changed': 'one\n',
    });
    const links = async () => {
      const shown = 'cd /app; stat -c "%n %u:%g %h" *; cat changed; echo more >> kept';
      return (await place.ok(['run', '--rm', 'copied', 'sh', '-c', shown])).stdout;
    };
    const first = await place.build(files, 'copied');
    expect(await links()).toBe('changed 7:8 1\nkept 7:8 1\none\n');

    place.write(join(files, 'app/changed'), 'two\n');
    await place.build(files, 'copied');
    expect(await links()).toBe('changed 7:8 1\nkept 7:8 2\ntwo\n');

    place.write(join(files, 'app/changed'), 'one\n');
    const {imageID} = await place.build(files, 'copied');
    expect(imageID).toBe(first.imageID);
  });

  test('two builds at once of the same steps make the same image', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: 'FROM busybox\nRUN sleep 1; cat /proc/sys/kernel/random/uuid > /unique\n',
    });
    const args = (tag: string) => ['build', '--progress', 'plain', '-t', tag, files];
    const [a, b] = await Promise.all([
      outcome(place.start(args('one'))),
      outcome(place.start(args('two'))),
    ]);
    expect(a).toMatchObject({code: 0});
    expect(b).toMatchObject({code: 0});
    expect(a.stdout).toBe(b.stdout);
    await place.verify('one');
    await place.verify('two');
  });

  test.for([
    {name: 'waits', canceled: 'two'},
    {name: 'runs it', canceled: 'one'},
  ])('canceling the build that $name leaves the step to the other', async ({canceled}, context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: 'FROM busybox\nRUN echo ran; sleep 2; echo > /done\n',
    });
    const start = async (tag: string) => {
      const child = place.start(['build', '--progress', 'plain', '-t', tag, files]);
      const ended = outcome(child);
      await told(child, 'RUN echo ran');
      return {child, ended};
    };
    const one = await start('one');
    await told(one.child, 'ran\n');
    const two = await start('two');
    const builds = {one, two};
    builds[canceled as keyof typeof builds].child.kill('SIGINT');
    const [first, second] = await Promise.all([one.ended, two.ended]);
    expect([first.code, second.code]).toEqual(canceled === 'one' ? [130, 0] : [0, 130]);
    await place.verify(canceled === 'one' ? 'two' : 'one');
  });
});

/** Waits until the build has said so. */
function told(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let heard = '';
    child.stderr?.on('data', (data) => {
      heard += data;
      if (heard.includes(text)) resolve();
    });
    child.on('close', () => reject(new Error(`never said ${text}: ${heard}`)));
  });
}
