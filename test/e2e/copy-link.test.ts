import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

describe.each(testUserNames)('COPY --link, as %s', (user) => {
  test('copies again when its files change, and not when what is below it does', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const dockerfile = (first: string) => `FROM busybox
RUN echo ${first} > /first
COPY --link --chown=5:6 tree /deep/er/
RUN cat /first /deep/er/sub/file > /both
`;
    const files = place.context({
      Dockerfile: dockerfile('one'),
      'tree/sub/file': 'text\n',
      'tree/empty/': '',
    });
    const states = async () => {
      const {steps} = await place.build(files, 'linked');
      return Object.fromEntries(
        steps.flatMap(({name, state}) => (/\d\/4/.test(name) ? [[name.slice(6), state]] : [])),
      );
    };
    const copy = 'COPY --link --chown=5:6 tree /deep/er/';
    expect(await states()).toMatchObject({[copy]: 'done', [`LINK ${copy}`]: 'done'});
    expect(await states()).toMatchObject({[copy]: 'cached', [`LINK ${copy}`]: 'cached'});

    place.write(`${files}/Dockerfile`, dockerfile('two'));
    expect(await states()).toMatchObject({
      'RUN echo two > /first': 'done',
      [copy]: 'cached',
      [`LINK ${copy}`]: 'done',
      'RUN cat /first /deep/er/sub/file > /both': 'done',
    });
    const shell = 'cat /both; stat -c "%n %a %u:%g" /deep/er/* /deep/er/sub/file';
    const {stdout} = await place.ok(['run', '--rm', 'linked', 'sh', '-c', shell]);
    expect(stdout.trim().split('\n')).toEqual([
      ...['two', 'text', '/deep/er/empty 755 5:6', '/deep/er/sub 755 5:6'],
      '/deep/er/sub/file 644 5:6',
    ]);

    place.write(`${files}/tree/sub/file`, 'other\n');
    expect(await states()).toMatchObject({[copy]: 'done', [`LINK ${copy}`]: 'done'});
  });

  test('takes the place of what is below, and follows no link there', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: `FROM busybox
RUN mkdir -m 700 /dir /real && touch /dir/kept /real/other && ln -s real /link && mkdir /gone && touch /gone/x
COPY --link a /dir/
COPY --link a /link/
COPY --link a /gone
COPY --link --chmod=600 a /real/
COPY --link <<-EOF /dir/inline
	text
	EOF
ADD --link --exclude=b . /dir/more/
`,
      a: 'a\n',
      b: 'b\n',
      '.dockerignore': 'Dockerfile\n.dockerignore\n',
    });
    await place.build(files, 'replaced');
    const shell = `cd /; find dir link gone real -exec stat -c '%n %a %F' {} +; cat dir/inline`;
    const {stdout} = await place.ok(['run', '--rm', 'replaced', 'sh', '-c', shell]);
    expect(stdout.trim().split('\n').toSorted()).toEqual([
      'dir 755 directory',
      'dir/a 644 regular file',
      'dir/inline 644 regular file',
      'dir/kept 644 regular empty file',
      'dir/more 755 directory',
      'dir/more/a 644 regular file',
      'gone 644 regular file',
      'link 755 directory',
      'link/a 644 regular file',
      'real 700 directory',
      'real/a 600 regular file',
      'real/other 644 regular empty file',
      'text',
    ]);
  });
});
