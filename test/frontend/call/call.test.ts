// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the substitutions of the language are what is tested
import {expect, test} from 'vitest';
import {checkDockerfile} from '../../../src/frontend/call/check.js';
import {outline} from '../../../src/frontend/call/outline.js';
import {listTargets} from '../../../src/frontend/call/targets.js';
import type {LowerInput} from '../../../src/frontend/lower.js';
import {digestOf} from '../../../src/oci/digest.js';
import {ImageNotFoundError} from '../../../src/store/errors.js';

const platform = {os: 'linux', architecture: 'amd64'};

const input = (text: string, more: Partial<LowerInput> = {}): LowerInput => ({
  text,
  buildArgs: {},
  labels: {},
  platform,
  resolveImage: async (reference) => ({
    manifest: digestOf(reference),
    config: {...platform, config: {}, rootfs: {type: 'layers', diff_ids: []}, history: []},
  }),
  ...more,
});

const FILE = `# V is the version
ARG V=latest
ARG UNUSED=1
# INNER is what WRAPPED is made of
ARG INNER=in
ARG WRAPPED=$INNER
# base is where it starts
FROM alpine:$V AS base
# PLAIN has no default
ARG PLAIN
# about many things
# A the first of them
ARG A=1 B
ARG TARGETARCH HTTP_PROXY
FROM \${WRAPPED:+alpine} AS other
ARG OTHER
# final is the end
# of it all
FROM base AS Final
ARG V
ARG C=$A
ARG WRAPPED
FROM alpine
`;

const described = async (target: string | undefined, buildArgs = {}) => {
  const {args} = await outline(input(FILE, {target, buildArgs}));
  return args.map(({name, value, description}) => [name, value, description]);
};

test('an outline has the ARGs of the stages the target needs, and those its FROMs are made of', async () => {
  expect(await described('base')).toEqual([
    ['V', 'latest', 'is the version'],
    ['PLAIN', undefined, 'has no default'],
    ['A', '1', 'the first of them'],
    ['B', undefined, undefined],
  ]);
  expect(await described('other')).toEqual([
    ['INNER', 'in', 'is what WRAPPED is made of'],
    ['WRAPPED', 'in', undefined],
    ['OTHER', undefined, undefined],
  ]);
  expect(await described(undefined)).toEqual([]);
});

test('an outline shows an ARG where it stands first, with the values of a build', async () => {
  const args = await outline(input(FILE, {target: 'final', buildArgs: {A: '5', V: '3'}}));
  expect(args).toMatchObject({name: 'final', description: 'is the end'});
  expect(args.args.map(({name, value, lines}) => [name, value, lines.first])).toEqual([
    ['V', '3', 2],
    ['INNER', 'in', 5],
    ['WRAPPED', 'in', 6],
    ['PLAIN', undefined, 10],
    ['A', '5', 13],
    ['B', undefined, 13],
    ['C', '5', 21],
  ]);
});

test('an outline has the secrets and agents that the steps ask for, each once', async () => {
  const text = `FROM alpine AS a
RUN --mount=type=secret,id=token true
FROM a
RUN --mount=type=secret,id=token,required --mount=type=secret,target=/x/key --mount=type=ssh true
RUN --mount=type=ssh,id=deploy,required=true --mount=type=cache,target=/c true
FROM alpine
RUN --mount=type=secret,id=of-another-stage true
`;
  const {secrets, ssh} = await outline(input(text, {target: '1'}));
  expect(secrets).toEqual([
    {name: 'token', required: true, lines: {first: 2, last: 2}},
    {name: 'key', required: false, lines: {first: 4, last: 4}},
  ]);
  expect(ssh).toEqual([
    {name: 'default', required: false, lines: {first: 4, last: 4}},
    {name: 'deploy', required: true, lines: {first: 5, last: 5}},
  ]);
});

test('targets are the stages in order, the last of them the default', () => {
  expect(
    listTargets(FILE).map(({name, isDefault, base, description}) => [
      name,
      isDefault,
      base,
      description,
    ]),
  ).toEqual([
    ['base', false, 'alpine:$V', 'is where it starts'],
    ['other', false, '${WRAPPED:+alpine}', undefined],
    ['final', false, 'base', 'is the end'],
    [undefined, true, 'alpine', undefined],
  ]);
});

test('a check looks at all stages, or at those the target needs', async () => {
  const text = 'FROM alpine AS one\nCMD a\nFROM alpine AS two\nCMD b\nFROM alpine\nCMD c\n';
  const lines = async (target?: string) =>
    (await checkDockerfile(input(text, {target}))).warnings.map((warning) => warning.lines?.first);
  expect(await lines()).toEqual([2, 4, 6]);
  expect(await lines('two')).toEqual([4]);
});

test.each([
  {name: 'no Dockerfile', text: 'NONSENSE\n', warnings: 0, code: 'E_UNKNOWN_INSTRUCTION'},
  {name: 'a bad option', text: '# check=x\nFROM a\n', warnings: 0, code: 'E_CHECK_OPTIONS'},
  {
    name: 'an image that is nowhere',
    text: 'FROM alpine AS Base\nFROM missing\n',
    warnings: 1,
    code: 'E_BASE_IMAGE',
  },
  {
    name: 'a stage that comes later',
    text: 'FROM alpine AS One\nCOPY --from=two / /\nFROM alpine AS two\n',
    warnings: 1,
    code: 'E_STAGE_FORWARD',
  },
])('a check of $name says so, with what it found before', async ({text, warnings, code}) => {
  const {resolveImage} = input('');
  const found = await checkDockerfile(
    input(text, {
      resolveImage: async (reference, wanted) => {
        if (reference === 'missing') throw new ImageNotFoundError(reference);
        return resolveImage(reference, wanted);
      },
    }),
  );
  expect(found.warnings).toHaveLength(warnings);
  expect(found.failure).toMatchObject({code});
});

test('a bug is no finding', async () => {
  const resolveImage = async () => {
    throw new RangeError('oops');
  };
  await expect(checkDockerfile(input('FROM alpine\n', {resolveImage}))).rejects.toThrow('oops');
});
