import {expect, test} from 'vitest';
import type {Descriptor} from '../../src/oci/descriptor.js';
import {digestOf} from '../../src/oci/digest.js';
import {manifestsFor, platformsOf} from '../../src/oci/image-index.js';
import {MediaType} from '../../src/oci/media-type.js';
import {formatPlatform, hostPlatform, parsePlatform, platformRank} from '../../src/oci/platform.js';

const host = {os: 'linux', architecture: 'amd64'};

test.each([
  {text: ''},
  {text: '/'},
  {text: 'linux/'},
  {text: 'linux/amd64/v1/x'},
  {text: 'linux/../etc'},
  {text: 'nonsense'},
  {text: 'linux/am d64'},
  {text: 'x'.repeat(10_000)},
])('refuses platform $text', ({text}) => {
  expect(() => parsePlatform(text, host)).toThrow(
    expect.objectContaining({code: 'E_INVALID_PLATFORM'}),
  );
});

test('several platforms are refused with the reason', () => {
  expect(() => parsePlatform('linux/amd64,linux/arm64', host)).toThrow(
    expect.objectContaining({hint: expect.stringContaining('not made by one build')}),
  );
});

test.each([
  ['linux/amd64', 'linux/amd64'],
  ['linux/x86_64', 'linux/amd64'],
  ['amd64', 'linux/amd64'],
  ['aarch64', 'linux/arm64'],
  ['linux/arm64/v8', 'linux/arm64'],
  ['linux/arm64/8', 'linux/arm64'],
  ['linux/arm', 'linux/arm/v7'],
  ['linux/arm/6', 'linux/arm/v6'],
  ['armel', 'linux/arm/v6'],
  ['linux', 'linux/amd64'],
  ['Linux/AMD64', 'linux/amd64'],
  ['macos/arm64', 'darwin/arm64'],
])('reads platform %s as %s', (text, want) => {
  expect(formatPlatform(parsePlatform(text, host))).toBe(want);
});

test.each([
  ['linux/amd64', 'linux/arm64', undefined],
  ['linux/amd64', 'windows/amd64', undefined],
  ['linux/arm/v6', 'linux/arm/v7', undefined],
  ['linux/amd64', 'linux/amd64/v3', undefined],
  ['linux/amd64', 'linux/amd64', 0],
  ['linux/amd64/v3', 'linux/amd64/v2', 1],
  ['linux/amd64', 'linux/386', 1],
  ['linux/arm/v7', 'linux/arm/v5', 2],
  ['linux/arm64', 'linux/arm64/v8', 0],
])('%s runs %s with rank %s', (want, have, rank) => {
  expect(platformRank(parsePlatform(want), parsePlatform(have))).toBe(rank);
});

test('the host has a platform in its one spelling', () => {
  expect(parsePlatform(formatPlatform(hostPlatform()))).toEqual(hostPlatform());
});

const entry = (platform: string | undefined, extra: Partial<Descriptor> = {}): Descriptor => {
  const [os = '', architecture = '', variant] = (platform ?? '').split('/');
  return {
    mediaType: MediaType.manifest,
    digest: digestOf(platform ?? 'none'),
    size: 1,
    ...(platform === undefined
      ? {}
      : {platform: {os, architecture, ...(variant === undefined ? {} : {variant})}}),
    ...extra,
  };
};
const index = (...manifests: Descriptor[]) => ({
  schemaVersion: 2 as const,
  mediaType: MediaType.index,
  manifests,
});

test('an index offers its best match first and never an attestation', () => {
  const attestation = entry('linux/amd64/v1', {
    annotations: {'vnd.docker.reference.type': 'attestation-manifest'},
  });
  const chosen = manifestsFor(
    index(entry('unknown/unknown'), attestation, entry('linux/386'), entry('linux/amd64')),
    host,
  );
  expect(chosen.map(({digest}) => digest)).toEqual([
    digestOf('linux/amd64'),
    digestOf('linux/386'),
  ]);
});

test('an entry without platform, such as a nested index, is tried last', () => {
  const chosen = manifestsFor(index(entry(undefined), entry('linux/amd64')), host);
  expect(chosen.map(({digest}) => digest)).toEqual([digestOf('linux/amd64'), digestOf('none')]);
});

test('a missing platform is answered with those that exist', () => {
  const offered = index(entry('linux/s390x'), entry('unknown/unknown'), entry('linux/arm64/v8'));
  expect(platformsOf(offered)).toEqual(['linux/s390x', 'linux/arm64']);
  expect(() => manifestsFor(offered, host)).toThrow(
    expect.objectContaining({
      code: 'E_NO_MATCHING_PLATFORM',
      available: ['linux/s390x', 'linux/arm64'],
    }),
  );
});
