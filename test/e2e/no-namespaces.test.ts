import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ensureBase} from '../bases/ensure-base.js';
import {needs} from '../helpers/needs.js';
import {commandPrefix, testUserNames} from '../helpers/users.js';
import {installFor} from './install.js';
import {openPlace, type Place} from './place.js';

/** Node without the launcher: a machine that refuses every namespace. */
function bare(place: Place, ...args: readonly string[]) {
  const [program = '', ...rest] = [
    ...commandPrefix(place.user),
    `TSBUILD_ROOT=${place.store}`,
    process.env['TSBUILD_NODE'] ?? process.execPath,
    join(installFor(place.user), 'dist/bin.js'),
    ...args,
  ];
  return spawnSync(program, rest, {cwd: place.directory, encoding: 'utf8'});
}

test.each(testUserNames)(
  'without namespaces %s still loads, copies and saves; RUN and run are refused',
  async (user) => {
    await using place = await openPlace(user);
    const base = await ensureBase('busybox');
    expect(bare(place, 'load', '-i', base).stdout).toBe('Loaded image: busybox:latest\n');
    const lines = [
      'FROM busybox',
      'WORKDIR /made',
      'COPY --chown=12:34 file /copied',
      'CMD ["cat", "/copied"]',
    ];
    const files = place.context({Dockerfile: lines.join('\n'), file: 'text\n'});
    const built = bare(place, 'build', '-q', '-t', 'copied', files);
    expect(built).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^sha256:[0-9a-f]{64}\n$/),
    });

    const refused = {stderr: expect.stringContaining('tsbuild doctor')};
    expect(bare(place, 'run', '--rm', 'copied')).toMatchObject({status: 125, ...refused});
    const running = place.context({Dockerfile: 'FROM busybox\nRUN true\n'});
    expect(bare(place, 'build', running)).toMatchObject({status: 1, ...refused});
    expect(bare(place, 'build', '--check', running)).toMatchObject({
      status: 0,
      stdout: 'Check complete, no warnings found.\n',
    });
    expect(bare(place, 'build', '-q', '-o', 'out', files).status).toBe(0);
    expect(readFileSync(join(place.directory, 'out/copied'), 'utf8')).toBe('text\n');
  },
);

test.for(testUserNames)(
  'what %s built without namespaces runs elsewhere, with the owners it asked for',
  async (user, context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    bare(place, 'load', '-i', await ensureBase('busybox'));
    const dockerfile = 'FROM busybox\nCOPY --chown=12:34 file /copied\n';
    const files = place.context({Dockerfile: dockerfile, file: 'text\n'});
    bare(place, 'build', '-q', '-t', 'copied', files);
    const archive = join(place.directory, 'copied.tar');
    expect(bare(place, 'save', '-o', archive, 'copied').status).toBe(0);

    await using elsewhere = await openPlace(user);
    await elsewhere.ok(['load', '-q'], {stdin: archive});
    await elsewhere.verify('copied');
    const {stdout} = await elsewhere.ok([
      'run',
      '--rm',
      'copied',
      'stat',
      '-c',
      '%u:%g %s',
      '/copied',
      '/bin/busybox',
    ]);
    expect(stdout).toMatch(/^12:34 5\n0:0 \d+\n$/);
  },
);
