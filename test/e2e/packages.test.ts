import {describe, expect, test} from 'vitest';
import {caBundle, hasCABundle, needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

describe.each(testUserNames)('package managers inside a build, as %s', (user) => {
  test('apt-get installs a package, with the owners and the set-group-id files it wants', async (context) => {
    needs(context, 'user namespaces', 'subordinate ids', 'a package mirror');
    await using place = await openPlace(user, ['debian']);
    const files = place.context({
      Dockerfile: `FROM debian:bookworm-slim
RUN apt-get update -q && apt-get install -y -q --no-install-recommends cron && dpkg --audit
RUN stat -c '%n %a %U:%G' /usr/bin/crontab /var/spool/cron/crontabs > /owners
`,
    });
    await place.build(files, 'packages');
    const {stdout} = await place.ok(['run', '--rm', 'packages', 'cat', '/owners']);
    expect(stdout).toBe(
      '/usr/bin/crontab 2755 root:crontab\n/var/spool/cron/crontabs 1730 root:crontab\n',
    );
  });

  test('npm ci installs what the lock file names, through the given certificate authorities', async (context) => {
    needs(context, 'user namespaces', 'the npm registry');
    await using place = await openPlace(user, ['node']);
    const files = place.context({
      Dockerfile: `FROM node:20-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
CMD ["node", "-p", "require('is-number')(5)"]
`,
      'package.json': JSON.stringify(manifest),
      'package-lock.json': JSON.stringify({...manifest, lockfileVersion: 3, packages}),
    });
    const trust = hasCABundle() ? ['--ca-cert', caBundle] : [];
    await place.build(files, 'app', ...trust);
    const {stdout} = await place.ok(['run', '--rm', 'app']);
    expect(stdout).toBe('true\n');
  });
});

const manifest = {name: 'app', version: '1.0.0', dependencies: {'is-number': '7.0.0'}};
const packages = {
  '': manifest,
  'node_modules/is-number': {
    version: '7.0.0',
    resolved: 'https://registry.npmjs.org/is-number/-/is-number-7.0.0.tgz',
    integrity:
      'sha512-41Cifkg6e8TylSpdtTpeLVMqvSBEVzTttHvERD741+pnZ8ANv0004MRL43QKPDlK9cGvNp6NZWZUBlbGXYxxng==',
    engines: {node: '>=0.12.0'},
  },
};
