import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {killLoop} from './kill-loop.js';
import {openPlace} from './place.js';

describe.each(testUserNames)('kill -9, as %s', (user) => {
  test('leaves no mount and no process, and a store that the next command accepts', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const rounds = await killLoop(place, 6);
    expect(rounds.filter((round) => round.killed).length).toBeGreaterThan(0);
    for (const round of rounds) expect(round).toMatchObject({left: [], next: 0});
  });
});
