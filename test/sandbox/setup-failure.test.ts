import {constants} from 'node:os';
import {expect, test} from 'vitest';
import type {Plan, Step} from '../../src/linux/plan.js';
import {setupFailure} from '../../src/sandbox/setup-failure.js';

const {EACCES, EINVAL, ENOENT, ENOEXEC, ENOSPC, EPERM} = constants.errno;

const planOf = (...steps: Step[]): Plan => ({
  namespaces: 0,
  join: [],
  uidMap: [],
  gidMap: [],
  timeOffsets: [],
  rootfs: '/',
  terminal: false,
  init: false,
  steps,
});

const mount = (type: string): Step => ({
  do: 'mount',
  source: type,
  target: `/${type}`,
  type,
  flags: 0,
  data: '',
  make: 'directory',
});

const exec: Step = {do: 'exec', args: ['make', 'all'], env: []};

test.each<{name: string; step: Step | undefined; errno: number; want: object}>([
  {
    name: 'a nested /proc',
    step: mount('proc'),
    errno: EPERM,
    want: {
      code: 'E_SANDBOX_SETUP',
      message: 'cannot set up the sandbox: mounting proc on /proc: EPERM',
      hint: expect.stringContaining('systempaths=unconfined'),
    },
  },
  {
    name: 'namespaces that are used up',
    step: undefined,
    errno: ENOSPC,
    want: {exitCode: 125, hint: expect.stringContaining('/proc/sys/user/')},
  },
  {
    name: 'namespaces that are forbidden',
    step: undefined,
    errno: EPERM,
    want: {exitCode: 125, hint: expect.stringContaining('doctor')},
  },
  {
    name: 'an id that is not mapped',
    step: {do: 'user', uid: 70000, gid: 0, additionalGids: []},
    errno: EINVAL,
    want: {message: expect.stringContaining('uid 70000'), hint: expect.stringContaining('subuid')},
  },
  {
    name: 'a missing working directory',
    step: {do: 'chdir', path: '/app'},
    errno: ENOENT,
    want: {message: expect.stringContaining('/app'), hint: expect.stringContaining('WORKDIR')},
  },
  {name: 'a missing program', step: exec, errno: ENOENT, want: {exitCode: 127}},
  {name: 'a forbidden program', step: exec, errno: EACCES, want: {exitCode: 126}},
  {
    name: 'a program of another machine',
    step: exec,
    errno: ENOEXEC,
    want: {exitCode: 126, message: 'cannot run "make": exec format error'},
  },
])('tells of $name', ({step, errno, want}) => {
  const plan = step === undefined ? planOf() : planOf(step);
  const failure = setupFailure(plan, {
    kind: 'failed',
    step: step === undefined ? -1 : 0,
    errno,
  });
  expect(failure).toMatchObject(want);
});
