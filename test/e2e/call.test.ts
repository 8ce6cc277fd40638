import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

const [user = 'root'] = testUserNames;

const DOCKERFILE = `# MODE is how it goes
ARG MODE=fast
# base is where it starts
FROM busybox AS Base
ARG MODE
RUN --mount=type=secret,id=token,required --mount=type=ssh true
CMD echo $MODE
FROM busybox
RUN touch /never
`;

const WARNINGS = [
  'Check complete, 2 warnings have been found!',
  '',
  'WARNING: StageNameCasing - https://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
  "Stage name 'Base' should be lowercase",
  'Dockerfile:4',
];

test('a check prints what docker prints, exits with 1 for warnings, and builds nothing', async () => {
  await using place = await openPlace(user, ['busybox']);
  const files = place.context({Dockerfile: DOCKERFILE});
  const {code, stdout, stderr} = await place.run(['build', '--check', '-o', 'out', files]);
  expect({code, stderr}).toEqual({code: 1, stderr: ''});
  expect(stdout.split('\n').slice(0, 5)).toEqual(WARNINGS);
  expect(stdout).toContain('   7 | >>> CMD echo $MODE');
  expect(existsSync(join(place.directory, 'out'))).toBe(false);
  expect((await place.run(['build', '--call', 'check,ignorestatus=true', files])).code).toBe(0);
  const skipped = ['--build-arg', 'BUILDKIT_DOCKERFILE_CHECK=skip=all', files];
  expect(await place.ok(['build', '--check', ...skipped])).toMatchObject({
    stdout: 'Check complete, no warnings found.\n',
  });
});

test('a check that cannot end says why, with the line, and what it had found', async () => {
  await using place = await openPlace(user);
  const files = place.context({Dockerfile: DOCKERFILE});
  const {code, stdout, stderr} = await place.run(['build', '--check', files]);
  expect(code).toBe(1);
  expect(stdout).toContain('Check complete, 1 warning has been found!');
  expect(stderr).toMatch(/^Dockerfile:4\n[\s\S]*code: E_BASE_IMAGE/);
});

test('the JSON of a check has warnings with places, sources, and what would fail the build', async () => {
  await using place = await openPlace(user, ['busybox']);
  const files = place.context({Dockerfile: `# check=error=true\n${DOCKERFILE}`});
  const {code, stdout, stderr} = await place.run(['build', '--call', 'check,format=json', files]);
  expect({code, stderr}).toEqual({code: 1, stderr: ''});
  const {warnings, sources, buildError} = JSON.parse(stdout);
  expect(warnings[0]).toEqual({
    ruleName: 'StageNameCasing',
    description: 'Stage names should be lowercase',
    url: 'https://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
    detail: "Stage name 'Base' should be lowercase",
    location: {ranges: [{start: {line: 5}, end: {line: 5}}]},
  });
  expect(Buffer.from(sources[0].data, 'base64').toString()).toContain('check=error=true');
  expect(sources[0]).toMatchObject({filename: 'Dockerfile', language: 'Dockerfile'});
  expect(buildError.message).toContain('JSONArgsRecommended');
  const own = await place.run(['build', '--check', '--json', files]);
  expect(JSON.parse(own.stdout)).toEqual(JSON.parse(stdout));
});

test('an outline and the targets are tables, or docker’s JSON', async () => {
  await using place = await openPlace(user, ['busybox']);
  const files = place.context({Dockerfile: DOCKERFILE});
  const call = async (...args: string[]) => (await place.ok(['build', ...args, files])).stdout;
  expect(await call('--call', 'targets')).toBe(
    'TARGET      DESCRIPTION\nbase        is where it starts\n(default)\n',
  );
  expect(await call('--call', 'outline', '--target', 'base')).toMatch(
    /^TARGET: +base\nDESCRIPTION: +is where it starts\n\nBUILD ARG +VALUE +DESCRIPTION\nMODE +fast +is how it goes\n\nSECRET +REQUIRED\ntoken +true\n\nSSH +REQUIRED\ndefault\n$/,
  );
  expect(JSON.parse(await call('--call', 'targets,format=json')).targets).toMatchObject([
    {name: 'base', base: 'busybox', location: {ranges: [{start: {line: 4}}]}},
    {default: true},
  ]);
  const outline = await call('--call', 'outline,format=json', '--target', 'base');
  expect(JSON.parse(outline)).toMatchObject({
    name: 'base',
    args: [{name: 'MODE', value: 'fast', description: 'is how it goes'}],
    secrets: [{name: 'token', required: true}],
    ssh: [{name: 'default'}],
  });
});
