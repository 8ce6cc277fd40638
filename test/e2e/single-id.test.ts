import {expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {singleIDUser} from '../helpers/users.js';
import {openPlace} from './place.js';
import {savedLayers} from './saved-layers.js';

test('a user without subordinate ids builds too, and the owners a step asked for are in the image', async (context) => {
  needs(context, 'user namespaces');
  const user = singleIDUser();
  if (user === undefined) return context.skip('needs root, to make a user without subordinate ids');
  await using place = await openPlace(user.name, ['busybox']);
  const files = place.context({
    Dockerfile: `FROM busybox
COPY --chown=12:34 owned /owned
RUN echo text > /made && mkdir /folder && ln -s made /link
`,
    owned: 'text\n',
  });
  const {imageID} = await place.build(files, 'single');
  expect((await place.ok(['run', '--rm', 'single', 'cat', '/made'])).stdout).toBe('text\n');
  expect((await savedLayers(place, 'single')).slice(1)).toEqual([
    ['-rw-r--r-- 12/34 5 owned'],
    ['drwxr-xr-x 0/0 0 folder/', 'lrwxrwxrwx 0/0 0 link -> made', '-rw-r--r-- 0/0 5 made'],
  ]);
  expect((await place.build(files, 'single')).imageID).toBe(imageID);
});
