import {openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, outcome} from './place.js';

const WRITE = 'echo out > /dev/stdout; echo err > /dev/stderr; echo more';

describe.each(testUserNames)('what a container writes, as %s', (user) => {
  test.for(['root', 'nobody'])(
    'streams are opened again by name, by %s',
    async (inside, context) => {
      needs(context, 'user namespaces');
      await using place = await openPlace(user, ['busybox']);
      const result = await place.run(['run', '--rm', '-u', inside, 'busybox', 'sh', '-c', WRITE]);
      expect(result).toEqual({code: 0, stdout: 'out\nmore\n', stderr: 'err\n'});
    },
  );

  test('a file gets all of it, and a reader that leaves ends the writer', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const log = join(place.directory, 'log');
    place.write(log, 'before\n');
    const args = ['run', '--rm', '-u', 'nobody', 'busybox', 'sh', '-c', WRITE];
    const file = openSync(log, 'a');
    expect(await outcome(place.start(args, {output: file}))).toMatchObject({code: 0});
    expect(readFileSync(log, 'utf8')).toBe('before\nout\nmore\n');

    const endless = place.start(['run', '--rm', '-u', 'nobody', 'busybox', 'yes']);
    const ended = outcome(endless);
    endless.stdout?.once('data', () => endless.stdout?.destroy());
    expect((await ended).code).not.toBe(0);
  });
});
