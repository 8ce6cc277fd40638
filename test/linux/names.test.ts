import {readFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import {
  CAPABILITY_NAMES,
  capabilityMask,
  namesOfCapabilities,
} from '../../src/linux/capability-names.js';
import {
  currentIDMap,
  firstFreeSubordinateID,
  hasID,
  parseIDMap,
  sizeOfIDMap,
  subordinateRanges,
  toHostID,
} from '../../src/linux/id-map.js';
import {MS, parseMountOptions} from '../../src/linux/mount-flags.js';

describe('capabilities', () => {
  test('are the 41 the kernel knows, in its order', () => {
    expect(CAPABILITY_NAMES).toHaveLength(41);
    expect(capabilityMask(['CAP_CHOWN'])).toBe(1n);
    expect(capabilityMask(['CAP_SYS_ADMIN'])).toBe(1n << 21n);
    expect(capabilityMask(['CAP_CHECKPOINT_RESTORE'])).toBe(1n << 40n);
    expect(Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'utf8'))).toBeGreaterThanOrEqual(
      37,
    );
  });

  test('make a mask and come out of it again; unknown names count for nothing', () => {
    const names = ['CAP_KILL', 'CAP_BPF'];
    expect(namesOfCapabilities(capabilityMask([...names, 'CAP_NOSUCH']))).toEqual(names);
    expect(namesOfCapabilities(capabilityMask(CAPABILITY_NAMES))).toEqual(CAPABILITY_NAMES);
  });
});

test.each([
  {title: 'nothing', options: [], is: {flags: 0, propagation: [], data: ''}},
  {
    title: 'names that every object has',
    options: ['constructor', '__proto__', 'toString'],
    is: {flags: 0, propagation: [], data: 'constructor,__proto__,toString'},
  },
  {
    title: 'flags, propagation and data',
    options: ['rbind', 'ro', 'rslave', 'size=64m', 'nosuid', 'mode=755'],
    is: {
      flags: MS.bind | MS.rec | MS.rdonly | MS.nosuid,
      propagation: [MS.slave | MS.rec],
      data: 'size=64m,mode=755',
    },
  },
  {
    title: 'a later option that takes an earlier one back',
    options: ['ro', 'noexec', 'rw', 'exec', 'nodev'],
    is: {flags: MS.nodev, propagation: [], data: ''},
  },
])('mount options: $title', ({options, is}) => {
  expect(parseMountOptions(options)).toEqual(is);
});

describe('id maps', () => {
  const map = parseIDMap('         0       1001          1\n         1     100000      65536\n');

  test.each([
    {id: 0, host: 1001},
    {id: 1, host: 100_000},
    {id: 65_536, host: 165_535},
    {id: 65_537, host: undefined},
    {id: -1, host: undefined},
  ])('give id $id the host id $host', ({id, host}) => {
    expect(toHostID(map, id)).toBe(host);
    expect(hasID(map, id)).toBe(host !== undefined);
  });

  test('know their size, and this process’s own', () => {
    expect(sizeOfIDMap(map)).toBe(65_537);
    expect(sizeOfIDMap(parseIDMap(''))).toBe(0);
    expect(hasID(currentIDMap('uid'), process.getuid?.() ?? 0)).toBe(true);
  });

  const subuid = [
    '# comment:1:2',
    'builder:100000:65536',
    '1001:300000:10',
    'builder:nonsense:5',
    'builder:200000:0',
    'builder:0:5',
    'builder2:500000:65536',
    '',
  ].join('\n');

  test.each([
    {
      owner: {name: 'builder', uid: 1001},
      ranges: [
        [100_000, 65_536],
        [300_000, 10],
      ],
    },
    {owner: {name: undefined, uid: 1001}, ranges: [[300_000, 10]]},
    {owner: {name: 'build', uid: 100}, ranges: []},
    {owner: {name: '# comment', uid: 7}, ranges: []},
  ])('find the ranges of $owner.name ($owner.uid)', ({owner, ranges}) => {
    expect(subordinateRanges(subuid, owner)).toEqual(
      ranges.map(([first, size]) => ({first, size})),
    );
  });

  test('tell where a new range is in nobody’s way', () => {
    expect(firstFreeSubordinateID(subuid, '')).toBe(565_536);
    expect(firstFreeSubordinateID('', '')).toBe(100_000);
  });
});
