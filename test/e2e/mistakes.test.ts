import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

interface Mistake {
  readonly name: string;
  readonly dockerfile: string;
  /** All of it must be told. */
  readonly told: readonly (string | RegExp)[];
}

const mistakes: readonly Mistake[] = [
  {
    name: 'an unknown instruction',
    dockerfile: 'FROM busybox\nRUNN true\n',
    told: ['RUNN', /Dockerfile:2/, /2 \|.*RUNN true/],
  },
  {
    name: 'a COPY of what the context lacks',
    dockerfile: 'FROM busybox\nCOPY absent.txt /\n',
    told: ['absent.txt', /Dockerfile:2/, /2 \|.*COPY absent.txt/],
  },
  {
    name: 'a COPY from a path above the context',
    dockerfile: 'FROM busybox\nCOPY ../../../etc/shadow /\n',
    told: ['etc/shadow', /Dockerfile:2/, /hint: .*--build-context/],
  },
  {
    name: 'a RUN that fails, with its last lines and exit code',
    dockerfile: 'FROM busybox\nRUN echo before; echo the last line >&2; exit 42\n',
    told: ['before', 'the last line', /\b42\b/, /Dockerfile:2/, /2 \|.*exit 42/],
  },
  {
    name: 'an exec form that is no JSON',
    dockerfile: 'FROM busybox\nRUN ["true", "x",]\n',
    told: [/exit code: 127/, /Dockerfile:2/, /hint: As JSON it cannot be read/],
  },
  {
    name: 'a program that is not there',
    dockerfile: 'FROM busybox\nRUN ["/no/such/program"]\n',
    told: ['/no/such/program', 'no such file', /Dockerfile:2/],
  },
  {
    name: 'a stage that nobody defines',
    dockerfile: 'FROM busybox\nCOPY --from=7 / /\n',
    told: [/Dockerfile:2/, '7'],
  },
  {name: 'an empty Dockerfile', dockerfile: '\n', told: ['Dockerfile']},
];

describe.each(testUserNames)('mistakes, as %s', (user) => {
  test('each exits with 1, says what and where, and tags nothing', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    for (const {name, dockerfile, told} of mistakes) {
      const files = place.context({Dockerfile: dockerfile});
      const result = await place.run(['build', '--progress', 'plain', '-t', 'wrong', files]);
      expect(result, name).toMatchObject({code: 1, stdout: ''});
      for (const text of told) expect(result.stderr, name).toMatch(text);
      expect((await place.run(['inspect', 'wrong'])).code, name).toBe(1);
    }
  });

  test.each([
    {code: 5, command: ['sh', '-c', 'exit 5']},
    {code: 127, command: ['no-such-program']},
    {code: 126, command: ['/etc/passwd']},
    {code: 143, flags: ['--init'], command: ['sh', '-c', 'kill -TERM $$']},
  ])('run exits with $code for $command', async ({code, command, flags = []}) => {
    await using place = await openPlace(user, ['busybox']);
    expect(await place.run(['run', '--rm', ...flags, 'busybox', ...command])).toMatchObject({code});
  });

  test('run of an image that is nowhere exits with 125', async () => {
    await using place = await openPlace(user);
    const image = '127.0.0.1:1/no-such-image';
    const result = await place.run(['run', '--rm', image, 'true']);
    expect(result).toMatchObject({code: 125});
    expect(result.stderr).toMatch(
      /^Unable to find image '127.0.0.1:1\/no-such-image:latest' locally$/m,
    );
    const silent = await place.run(['run', '--rm', '--pull=never', 'no-such-image', 'true']);
    expect(silent).toMatchObject({code: 125, stderr: expect.stringContaining('no-such-image')});
  });
});
