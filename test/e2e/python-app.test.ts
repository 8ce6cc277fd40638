import {cpSync, readFileSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {repository} from '../bases/ensure-base.js';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place, type Step} from './place.js';

/** The fixture, in a directory that the user may change. */
function helloContext(place: Place): string {
  const context = place.context({'empty/': ''});
  cpSync(join(repository, 'fixtures/hello'), context, {recursive: true});
  const text = readFileSync(join(context, 'app.py'), 'utf8');
  place.write(join(context, 'app.py'), text);
  return context;
}

const state = (steps: readonly Step[], instruction: string) =>
  steps.find(({name}) => name.includes(`] ${instruction}`))?.state;

describe.each(testUserNames)('the seven-step application, as %s', (user) => {
  test('runs after a cold build, is cached when nothing changed, and rebuilds from the changed file on', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['python']);
    const files = helloContext(place);

    const cold = await place.build(files, 'hello');
    expect(state(cold.steps, 'WORKDIR')).toBe('done');
    expect(state(cold.steps, 'COPY')).toBe('done');
    expect(state(cold.steps, 'RUN')).toBe('done');
    expect(cold.imageID).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await place.run(['run', '--rm', 'hello'])).toMatchObject({
      code: 0,
      stdout: 'Hello World\n',
    });

    const warm = await place.rebuild(files, 'hello');
    expect(warm.imageID).toBe(cold.imageID);
    for (const instruction of ['WORKDIR', 'COPY', 'RUN']) {
      expect(state(warm.steps, instruction)).toBe('cached');
    }

    utimesSync(join(files, 'app.py'), 1_000_000_000, 1_000_000_000);
    const touched = await place.rebuild(files, 'hello');
    expect(touched.imageID).toBe(cold.imageID);
    expect(state(touched.steps, 'COPY')).toBe('cached');

    place.write(join(files, 'app.py'), 'print("changed")\nraise SystemExit(7)\n');
    const changed = await place.build(files, 'hello');
    expect(changed.imageID).not.toBe(cold.imageID);
    expect(state(changed.steps, 'WORKDIR')).toBe('cached');
    expect(state(changed.steps, 'COPY')).toBe('done');
    expect(state(changed.steps, 'RUN')).toBe('done');
    expect(await place.run(['run', '--rm', 'hello'])).toMatchObject({code: 7, stdout: 'changed\n'});
  });
});
