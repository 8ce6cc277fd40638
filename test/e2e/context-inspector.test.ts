import {describe, expect, test} from 'vitest';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

describe.each(testUserNames)('context, as %s', (user) => {
  test('each path with the line that decided, totals, and lines to add', async () => {
    await using place = await openPlace(user);
    const files = place.context({
      Dockerfile: 'FROM scratch\n',
      '.dockerignore': '# logs\n*.log\n!keep.log\n',
      'a.log': 'log',
      'keep.log': 'kept',
      '.git/HEAD': 'ref: refs/heads/main\n',
      'web/node_modules/x/index.js': '12345',
    });
    const {stdout, stderr} = await place.ok(['context', files]);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));
    expect(rows[0]).toEqual(['STATE', 'SIZE', 'FILES', 'DECIDED BY', 'PATH']);
    expect(rows).toContainEqual(['ignored', '3B', '1', '.dockerignore:2 *.log', 'a.log']);
    expect(rows).toContainEqual(['kept', '4B', '1', '.dockerignore:3 !keep.log', 'keep.log']);
    expect(stderr).toContain('kept 5 files');
    expect(stderr).toMatch(/^# 21B in 1 file: .*\n\.git$/m);
    expect(stderr).toMatch(/^# 5B in 1 file: .*\n\*\*\/node_modules$/m);
    const json = JSON.parse((await place.ok(['context', '--json', files])).stdout);
    expect(json).toMatchObject({
      ignoreFile: '.dockerignore',
      ignored: {files: 1, bytes: 3},
      suggestions: [{pattern: '.git'}, {pattern: '**/node_modules', files: 1, bytes: 5}],
    });
    expect(json.entries).toContainEqual({
      path: 'keep.log',
      kept: true,
      files: 1,
      bytes: 4,
      rule: {file: '.dockerignore', line: 3, pattern: '!keep.log'},
    });
  });

  test('a budget that is not kept fails, and says what to ignore; the ignore file of a Dockerfile comes first', async () => {
    await using place = await openPlace(user);
    const files = place.context({
      'x.Dockerfile': 'FROM scratch\n',
      'x.Dockerfile.dockerignore': '*\n!b\n',
      '.dockerignore': '',
      'node_modules/a': 'x'.repeat(3000),
      b: '',
    });
    const failed = await place.run(['context', '--only', 'ignored', '--budget', '2kB', files]);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('E_CONTEXT_BUDGET');
    expect(failed.stderr).toContain('node_modules');
    const own = [
      'context',
      '--budget',
      '0',
      '-f',
      `${files}/x.Dockerfile`,
      '--format',
      '{{.Path}}',
    ];
    const {stdout} = await place.ok([...own, '--only', 'kept', files]);
    expect(stdout).toBe('b\n');
    expect((await place.run(['context', '--budget', 'much', files])).code).toBe(125);
  });
});
