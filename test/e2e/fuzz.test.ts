import {expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {fuzz} from './fuzz.js';
import {openPlace} from './place.js';

test('after any edits a cached build makes the image that one without cache makes', async (context) => {
  needs(context, 'user namespaces');
  await using place = await openPlace(testUserNames.at(-1) ?? 'root', ['busybox']);
  expect(await fuzz(place, 10, 7)).toEqual([]);
});
