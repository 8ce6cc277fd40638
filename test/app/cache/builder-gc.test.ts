/** `builder.gc` of daemon.json. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readBuilderGC} from '../../../src/app/cache/builder-gc.js';
import type {CachePolicy} from '../../../src/app/cache/cache-policy.js';
import type {CacheEntry} from '../../../src/cache/entries/cache-entry.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

const HOUR = 3_600_000;

async function read(gc: string): Promise<CachePolicy> {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'daemon.json');
  writeFileSync(path, `{"builder": {"gc":\n${gc}}}`);
  return readBuilderGC(path);
}

test.each<[name: string, gc: string, complaint: RegExp]>([
  ['no object', '7', /:2:1: want an object/],
  ['a truth that is none', '{"enabled": "yes"}', /:2:13: enabled: want true or false, got "yes"/],
  ['a size that is none', '{"defaultKeepStorage": "much"}', /:2:2: want a size like 10GB/],
  ['a number for a size', '{"defaultKeepStorage": 10}', /:2:24: .*want a string/],
  ['a share over all', '{"policy": [{"maxUsedSpace": "101%"}]}', /:2:14: want a size/],
  ['a bound that is misspelt', '{"policy": [{"keepStorge": "1GB"}]}', /:2:14: want all or/],
  ['rules that are no list', '{"policy": {}}', /:2:12: policy: want a list/],
  ['a rule that is no object', '{"policy": [1]}', /:2:13: want an object/],
  ['a filter that is no text', '{"policy": [{"filter": [1]}]}', /:2:25: .*want a list of strings/],
  ['a filter of nothing known', '{"policy": [{"filter": ["size=1"]}]}', /:2:25: invalid filter/],
  ['an age that is none', '{"policy": [{"filter": ["unused-for=x"]}]}', /:2:25: .*24h/],
  [
    'an age among others',
    '{"policy": [{"filter": ["until=1h,shared=1"]}]}',
    /:2:25: want how long/,
  ],
  ['a duration that is none', '{"policy": [{"keepDuration": "2d"}]}', /:2:14: want a duration/],
])('refuses %s', async (_name, gc, complaint) => {
  await expect(read(gc)).rejects.toMatchObject({
    code: 'E_CONFIG_FILE',
    message: expect.stringMatching(complaint),
  });
});

test('a file that was named is there', () => {
  expect(() => readBuilderGC('/nowhere/daemon.json')).toThrow(/cannot read configuration/);
});

test('bounds in short stand for the four tiers', async () => {
  expect(await read('{}')).toEqual({enabled: true, defaults: {}});
  expect(await read('{"enabled": false, "defaultKeepStorage": "20GB"}')).toEqual({
    enabled: false,
    defaults: {reservedSpace: 20 * 1024 ** 3},
  });
  const defaults =
    '{"defaultReservedSpace": "5%", "defaultMaxUsedSpace": "1mb", "defaultMinFreeSpace": "0"}';
  expect((await read(defaults)).defaults).toEqual({reservedSpace: '5%', maxUsedSpace: 1024 ** 2});
});

test('rules are as docker documents them', async () => {
  const {rules = []} = await read(`{"policy": [
    {"reservedSpace": "1kb", "keepDuration": "48h", "filter": ["type=source.local,type==exec.cachemount", "shared=false"]},
    {"keepStorage": "10%", "filter": ["unused-for=2200h"]},
    {"all": true}]}`);
  expect(rules.map(({all, bounds}) => [all, bounds])).toEqual([
    [false, {reservedSpace: 1024}],
    [false, {reservedSpace: '10%'}],
    [true, {}],
  ]);
  expect(rules.map(({unusedFor = 0}) => Math.round(unusedFor / HOUR))).toEqual([48, 2200, 0]);
  const entry = (type: CacheEntry['type'], shared = false) => ({type, shared}) as CacheEntry;
  const entries = [
    entry('source.local'),
    entry('exec.cachemount'),
    entry('exec.cachemount', true),
    entry('regular'),
  ];
  expect(rules.map(({fits}) => entries.filter(fits).length)).toEqual([2, 4, 4]);
});
