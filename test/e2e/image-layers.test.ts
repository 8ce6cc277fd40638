/** What `image layers` tells of images that were built, saved and loaded again. */
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

const DOCKERFILE = `FROM busybox AS tools
RUN mkdir /tools && echo tool > /tools/tool

FROM busybox
COPY --from=tools /tools /opt
COPY files /app
RUN chmod 700 /app/large && \\
    rm /app/small && echo made > /made
WORKDIR /app
RUN rm -r /opt
CMD ["sh"]
`;

const layersOf = async (place: Place, ...args: string[]) =>
  JSON.parse((await place.ok(['image', 'layers', '--json', ...args])).stdout);

interface Layer {
  readonly changes: readonly {change: string; path: string}[];
  readonly origin?: {readonly lines: {first: number}; readonly step: string};
}

const told = ({changes}: Layer): string[] => changes.map(({change, path}) => `${change} ${path}`);

describe.each(testUserNames)('layers, as %s', (user) => {
  test('are told with their lines, files and waste, before and after a tar', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: DOCKERFILE,
      'files/large': 'x'.repeat(9_000_000),
      'files/small': 'y'.repeat(1000),
    });
    const {imageID} = await place.build(files, 'made');
    const built = await layersOf(place, '--tree', 'made');
    expect(built.imageID).toBe(imageID);
    expect(built.layers.map(({origin}: Layer) => [origin?.lines.first, origin?.step])).toEqual([
      // Both stages stand on one image: the first FROM of it counts.
      [1, expect.stringContaining('FROM busybox')],
      [5, '[stage-1 2/6] COPY --from=tools /tools /opt'],
      [6, '[stage-1 3/6] COPY files /app'],
      [7, expect.stringContaining('RUN chmod 700')],
      [10, '[stage-1 6/6] RUN rm -r /opt'],
    ]);
    expect(built.layers.slice(1).map(told)).toEqual([
      ['added opt', 'added opt/tool'],
      ['added app', 'added app/large', 'added app/small'],
      ['changed app/large', 'deleted app/small', 'added made'],
      ['deleted opt'],
    ]);
    expect(built.wastedBytes).toBe(18_001_000);
    expect(built.held - built.visible.bytes).toBe(9_001_005);

    // Elsewhere nobody remembers the build; the image says how it was made.
    const archive = join(place.directory, 'made.tar');
    await place.ok(['save', '-o', archive, 'made']);
    await using elsewhere = await openPlace(user);
    await elsewhere.ok(['load'], {stdin: archive});
    const loaded = await layersOf(elsewhere, '--tree', 'made');
    expect(loaded.layers.map(told)).toEqual(built.layers.map(told));
    expect(loaded.efficiency).toBe(built.efficiency);
    const {stdout} = await elsewhere.ok(['image', 'layers', 'made']);
    expect(stdout).toContain('COPY files /app');
    expect(stdout).not.toContain('Dockerfile:');
  });

  test('stop a pipeline when they waste too much, and follow a path through them', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const dockerfile = 'FROM busybox\nRUN head -c 5000000 /dev/zero > /zero\nRUN chmod 600 /zero\n';
    await place.build(place.context({Dockerfile: dockerfile}), 'wasteful');
    for (const [flags, code, verdict] of [
      [[], 0, 'wasted       10MB'],
      [['--ci'], 1, 'FAIL  highestUserWastedPercent: want at most 10.00%, got 100.00%'],
      [
        ['--highest-wasted-bytes', '10MB'],
        0,
        'PASS  highestWastedBytes: want at most 10MB, got 10MB',
      ],
      [['--highest-wasted-bytes', '9.9MB'], 1, 'FAIL  highestWastedBytes'],
      [['--lowest-efficiency', '0.99'], 1, 'FAIL  lowestEfficiency: want at least 99.00%'],
      [['--lowest-efficiency', '2'], 125, 'want a number from 0 to 1, got "2"'],
      [['--highest-wasted-bytes', 'much'], 125, 'want a size such as 20MB, got "much"'],
    ] as const) {
      const outcome = await place.run(['image', 'layers', ...flags, 'wasteful']);
      expect(outcome.code).toBe(code);
      expect(outcome.stdout + outcome.stderr).toContain(verdict);
    }
    const {stdout} = await place.ok(['image', 'layers', 'wasteful', '/zero']);
    expect(
      stdout,
    ).toBe(`2         5MB       +1        Dockerfile:2   RUN head -c 5000000 /dev/zero > /zero
    + 5MB     /zero

3         5MB       ~1        Dockerfile:3   RUN chmod 600 /zero
    ~ 5MB     /zero  (mode 0644 → 0600)

`);
  });
});
