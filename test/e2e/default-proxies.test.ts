import {join} from 'node:path';
import {expect, test} from 'vitest';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

const DOCKERFILE = `FROM busybox:latest
RUN echo "$HTTP_PROXY $http_proxy" > /seen
`;

test.each(testUserNames)(
  'config.json gives steps and containers of %s its proxies, and the image none',
  async (user) => {
    await using place = await openPlace(user, ['busybox']);
    const proxies = {default: {httpProxy: 'http://me:secret@p:3128'}};
    place.write(join(place.directory, 'docker/config.json'), JSON.stringify({proxies}));
    const env = {DOCKER_CONFIG: join(place.directory, 'docker')};
    const context = place.context({Dockerfile: DOCKERFILE});

    await place.ok(['build', '-q', '-t', 'seen', context], {env});
    const seen = await place.ok(['run', '--rm', 'seen', 'cat', '/seen']);
    expect(seen.stdout).toBe('http://me:secret@p:3128 http://me:secret@p:3128\n');
    const about = await place.ok(['image', 'inspect', 'seen'], {env});
    const history = await place.ok(['history', '--no-trunc', 'seen'], {env});
    expect(about.stdout + history.stdout).not.toContain('secret');

    const other = await place.build(context, 'other', '--build-arg', 'HTTP_PROXY=http://q');
    expect(other.steps.find(({name}) => name.includes('RUN'))?.state).toBe('cached');
    const run = [
      'run',
      '--rm',
      '-e',
      'NO_PROXY=x',
      'seen',
      'sh',
      '-c',
      'echo $http_proxy $NO_PROXY',
    ];
    expect((await place.ok(run, {env})).stdout).toBe('http://me:secret@p:3128 x\n');
  },
);
