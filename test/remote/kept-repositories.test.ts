/** Repositories that are kept, used by one process while another takes them away. */
import {readdirSync} from 'node:fs';
import {expect, test} from 'vitest';
import {Ingest} from '../../src/content/ingest.js';
import {GitRepository} from '../../src/remote/git/git-repository.js';
import {listRepositories, removeRepository} from '../../src/remote/git/kept-repositories.js';
import {startGitServer} from '../helpers/git-server.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

test('one that is in use stays; one that went is made again', async () => {
  await using server = await startGitServer();
  await using folder = temporaryFolder();
  await using drafts = temporaryFolder();
  const commit = await server.commit('x', {a: 'one'});
  const ingest = new Ingest(drafts.path);
  const repository = new GitRepository(`${server.url}/x.git`, {
    folder: folder.path,
    env: process.env,
    network: {asUser: false},
  });
  const list = () => [...listRepositories(folder.path)];
  const fetchOnce = async (look: () => void) => {
    using _alone = await repository.lock();
    await repository.fetch({commit, ref: undefined});
    look();
  };
  const nameOf = () => list()[0]?.name ?? '';

  await fetchOnce(() => {
    expect(list()).toMatchObject([{remote: `${server.url}/x.git`, inUse: true}]);
    expect(removeRepository(folder.path, nameOf(), ingest)).toBe(false);
  });
  expect(list()).toMatchObject([{inUse: false}]);
  expect(removeRepository(folder.path, nameOf(), ingest)).toBe(true);
  expect(list()).toEqual([]);
  expect(readdirSync(folder.path)).toEqual([expect.stringMatching(/\.lock$/)]);
  await fetchOnce(() => expect(list()).toHaveLength(1));
  await ingest.close();
});
