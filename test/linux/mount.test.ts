import {describe, expect, test} from 'vitest';
import {runInNamespaces} from '../helpers/launcher.js';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';

const program = 'test/linux/programs/mounts.ts';

describe.each(testUserNames)('mounts in our own namespace, as %s', (name) => {
  test('overlays of 2, 300 and 500 layers, read-only and writable, single layers, binds, and their failures', async (context) => {
    needs(context, 'user namespaces', 'subordinate ids');
    const {code, stdout, stderr} = await runInNamespaces(name, program);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    const seen = (count: number) => ({
      names: count + 1,
      top: String(count - 1),
      bottom: '0',
      hidden: true,
    });
    const writable = {
      upper: ['changed', 'opaque', 'removed'],
      changed: 'new',
      opaque: 'y',
      userxattr: true,
      volatile: true,
      after: [],
    };
    expect(JSON.parse(stdout)).toEqual({
      deep: [seen(2), seen(300), seen(500)],
      tooDeep: 'E_OVERLAY_DEPTH',
      writable,
      deepByPage: [seen(2), seen(180)],
      tooDeepByPage: 'E_OVERLAY_DEPTH',
      writableByPage: writable,
      single: {file: 'text', write: 'EROFS'},
      opaqueLower: ['y'],
      binds: {write: 'EROFS', flags: ['nodev', 'noexec', 'nosuid', 'ro']},
      missing: 'E_OVERLAY_MOUNT ENOENT',
      noTarget: 'E_OVERLAY_MOUNT ENOENT',
      notMounted: 'E_SYSCALL EINVAL',
      trial: 'works',
    });
  });
});
