import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {CacheEntry} from '../../src/cache/entries/cache-entry.js';
import {parseEntryFilter} from '../../src/cache/entries/entry-filter.js';
import {chooseVictims} from '../../src/cache/prune/choose-victims.js';
import {type PruneRule, tiers, usualBounds} from '../../src/cache/prune/prune-rule.js';

const NOW = Date.parse('2026-11-01T00:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MB = 1e6;

const entry = (
  id: string,
  age: number,
  changes: Partial<CacheEntry> & {size?: number} = {},
): CacheEntry => ({
  id,
  type: 'regular',
  description: `RUN ${id}`,
  parents: [],
  uses: [{project: 'app', count: 1, lastUsedAt: ''}],
  createdAt: '2026-01-01T00:00:00Z',
  lastUsedAt: new Date(NOW - age).toISOString(),
  usageCount: 1,
  layer: id,
  size: 100 * MB,
  uniqueSize: changes.size ?? 100 * MB,
  shared: false,
  inUse: false,
  mutable: false,
  ...changes,
});

const everything: PruneRule = {name: 'all', fits: () => true, all: false};

const gone = (entries: readonly CacheEntry[], rules: readonly PruneRule[], free = 1e12): string[] =>
  chooseVictims(entries, rules, {free, now: NOW}).victims.map(({entry: {id}}) => id);

test.each<{
  name: string;
  entries: readonly CacheEntry[];
  rule?: Partial<PruneRule>;
  free?: number;
  goes: readonly string[];
}>([
  {
    name: 'what somebody uses, and what it was made of',
    entries: [entry('base', 9), entry('top', 8, {parents: ['base'], inUse: true}), entry('x', 1)],
    goes: ['x'],
  },
  {
    name: 'what an image has',
    entries: [entry('shared', 9, {shared: true}), entry('private', 1)],
    goes: ['private'],
  },
  {
    name: 'nothing of what an image has, when all is asked for',
    entries: [entry('shared', 9, {shared: true}), entry('private', 1)],
    rule: {all: true},
    goes: ['shared', 'private'],
  },
  {
    name: 'what was used since, and what that was made of',
    entries: [
      entry('old', 3 * DAY),
      entry('base', 9 * DAY),
      entry('top', HOUR, {parents: ['base']}),
    ],
    rule: {unusedFor: DAY},
    goes: ['old'],
  },
  {
    name: 'what fits under the cap, the newest',
    entries: [entry('a', 3), entry('b', 2), entry('c', 1)],
    rule: {maxUsed: 250 * MB},
    goes: ['a'],
  },
  {
    name: 'the floor, whatever the cap and the guard say',
    entries: [entry('a', 3), entry('b', 2), entry('c', 1)],
    rule: {maxUsed: 1, minFree: 2e12, reserved: 200 * MB},
    goes: ['a'],
  },
  {
    name: 'as much as the guard leaves',
    entries: [entry('a', 3), entry('b', 2), entry('c', 1)],
    rule: {minFree: 1000 * MB},
    free: 850 * MB,
    goes: ['a', 'b'],
  },
  {
    name: 'all where the guard is content',
    entries: [entry('a', 3)],
    rule: {minFree: 1000 * MB},
    free: 1001 * MB,
    goes: [],
  },
  {
    name: 'a layer that two results have, until both go',
    entries: [entry('a', 3, {layer: 'one'}), entry('b', 2, {layer: 'one'}), entry('c', 1)],
    rule: {maxUsed: 100 * MB},
    goes: ['a', 'b'],
  },
  {
    name: 'nothing, what was made of others first',
    entries: [entry('base', 5), entry('top', 5, {parents: ['base']})],
    goes: ['top', 'base'],
  },
])('pruning keeps $name', ({entries, rule = {}, free, goes}) => {
  expect(gone(entries, [{...everything, ...rule}], free)).toEqual(goes);
});

test.each([
  {disk: 50e9, reserved: 5e9, maxUsed: 40e9, minFree: 10e9},
  {disk: 1000e9, reserved: 10e9, maxUsed: 100e9, minFree: 200e9},
])('of a disk of $disk bytes the usual bounds are docker’s', ({disk, ...bounds}) => {
  expect(usualBounds(disk)).toEqual(bounds);
});

test.each<{name: string; entries: readonly CacheEntry[]; goes: readonly [string, RegExp][]}>([
  {
    name: 'old cache mounts go first, down to 512 MB',
    entries: [
      entry('mount', 3 * DAY, {type: 'exec.cachemount', size: 600 * MB}),
      entry('digests', 3 * DAY, {type: 'source.local', size: MB}),
      entry('address', 3 * DAY, {type: 'internal', size: MB}),
      entry('young', HOUR, {type: 'exec.cachemount', size: 500 * MB}),
      entry('step', 10 * DAY),
    ],
    goes: [
      ['mount', /^cache mounts/],
      ['digests', /digests of contexts/],
    ],
  },
  {
    name: 'then what is unused for 60 days, over the floor',
    entries: [
      entry('oldest', 90 * DAY, {size: 800 * MB}),
      entry('old', 70 * DAY, {size: 400 * MB}),
      entry('young', DAY, {size: 300 * MB}),
    ],
    goes: [['oldest', /^unused for 60 days/]],
  },
  {
    name: 'then what no image has, over the cap',
    entries: [
      entry('a', 3 * DAY, {size: 3000 * MB}),
      entry('image', 9 * DAY, {size: 9000 * MB, shared: true}),
      entry('b', DAY, {size: 3000 * MB}),
    ],
    goes: [['a', /^no image has it/]],
  },
  {
    name: 'and at last anything over the cap',
    entries: [
      entry('private', 3 * DAY, {size: 6000 * MB}),
      entry('image', DAY, {parents: ['private'], shared: true, size: 0}),
    ],
    goes: [
      ['image', /^over the cap/],
      ['private', /^over the cap/],
    ],
  },
])('$name', ({entries, goes}) => {
  const rules = tiers({reserved: 1000 * MB, maxUsed: 5000 * MB, minFree: 0});
  const {victims} = chooseVictims(entries, rules, {free: 1e12, now: NOW});
  expect(victims.map(({entry: {id}, rule}) => [id, rule])).toEqual(
    goes.map(([id, rule]) => [id, expect.stringMatching(rule)]),
  );
});

test('whatever goes, nothing that stays was made of it, and no layer in use is among it', () => {
  const graph = fc.array(
    fc.record({
      parent: fc.nat(20),
      age: fc.nat(100),
      inUse: fc.boolean(),
      shared: fc.boolean(),
      size: fc.nat(50),
    }),
    {maxLength: 20},
  );
  fc.assert(
    fc.property(graph, fc.nat(400), fc.boolean(), (drafts, maxUsed, all) => {
      const entries = drafts.map(({parent, age, ...rest}, index) =>
        entry(`${index}`, age, {...rest, parents: parent < index ? [`${parent}`] : []}),
      );
      const {victims, kept} = chooseVictims(entries, [{...everything, all, maxUsed}], {
        free: 0,
        now: NOW,
      });
      const ids = new Set(victims.map(({entry: {id}}) => id));
      const left = entries.filter(({id}) => !ids.has(id));
      expect(left.flatMap(({parents}) => parents).filter((id) => ids.has(id))).toEqual([]);
      expect(victims.filter(({entry: {inUse}}) => inUse)).toEqual([]);
      expect(kept).toBe(left.reduce((sum, {shared, size}) => sum + (shared ? 0 : size), 0));
    }),
  );
});

test.each<[filter: string, fits: readonly string[]]>([
  ['type=regular', ['step', 'shared']],
  ['type==exec.cachemount', ['mount']],
  ['type!=regular', ['mount']],
  ['description~=^RUN s', ['step', 'shared']],
  ['id=mount', ['mount']],
  ['id!=mount', ['step', 'shared']],
  ['id~=^s', ['step', 'shared']],
  ['parents!=step', ['step', 'mount']],
  ['parents~=^st', ['shared']],
  ['description=RUN step', ['step']],
  ['description!=RUN step', ['mount', 'shared']],
  ['type~=^exec', ['mount']],
  ['private!=true', ['shared']],
  ['shared~=true', ['shared']],
  ['immutable=true', ['step', 'shared']],
  ['inuse!=1', ['step', 'mount', 'shared']],
  ['parents=step', ['shared']],
  ['project=app', ['step', 'mount', 'shared']],
  ['project!=app', []],
  ['shared', ['shared']],
  ['private', ['step', 'mount']],
  ['shared=false', ['step', 'mount']],
  ['mutable', ['mount']],
  ['immutable!=true', ['mount']],
  ['inuse=1', []],
])('--filter %s', (filter, fits) => {
  const entries = [
    entry('step', 1),
    entry('mount', 1, {type: 'exec.cachemount', mutable: true}),
    entry('shared', 1, {shared: true, parents: ['step']}),
  ];
  expect(entries.filter(parseEntryFilter(filter)).map(({id}) => id)).toEqual(fits);
});

test.each(['', 'type', '=x', 'nothing=x', 'description~=(', 'shared=maybe', 'type<x'])(
  'refuses --filter %s',
  (filter) => {
    expect(() => parseEntryFilter(filter)).toThrow(
      expect.objectContaining({code: 'E_CACHE_FILTER'}),
    );
  },
);
