import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

describe.each(testUserNames)('BUILDKIT_SANDBOX_HOSTNAME, as %s', (user) => {
  test('names the machine that RUN steps see, without an ARG, and is part of their keys', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile:
        'FROM busybox\nRUN hostname > /name && grep -c "$(hostname)" /etc/hosts >> /name\n',
    });
    const nameFor = async (...flags: string[]) => {
      await place.build(files, 'named', ...flags);
      return (await place.ok(['run', '--rm', 'named', 'cat', '/name'])).stdout;
    };
    expect(await nameFor()).toBe('buildkitsandbox\n1\n');
    expect(await nameFor('--build-arg', 'BUILDKIT_SANDBOX_HOSTNAME=box')).toBe('box\n1\n');
  });
});
