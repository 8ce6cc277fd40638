import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {once} from '../../src/content/read-all.js';
import {applyChanges} from '../../src/export/image/apply-changes.js';
import {importRootfs} from '../../src/export/image/import-rootfs.js';
import {verifyImage} from '../../src/export/image/verify-image.js';
import {openSnapshots} from '../helpers/built-image.js';
import {tarOf} from '../helpers/image-archive.js';
import {temporaryStore} from '../helpers/temporary-store.js';

const plain = {architecture: 'amd64', os: 'linux', config: {}};

test.each([
  {change: ''},
  {change: 'CMD'},
  {change: 'RUN rm -rf /'},
  {change: 'COPY . /'},
  {change: 'FROM other'},
  {change: 'ENV A=b\nRUN evil'},
  {change: 'ENV A=b\rRUN evil'},
  {change: 'EXPOSE many'},
  {change: 'STOPSIGNAL NOTHING'},
  {change: 'NONSENSE x'},
])('a change that is $change is refused', async ({change}) => {
  await expect(applyChanges(plain, [change])).rejects.toMatchObject({code: 'E_BAD_CHANGE'});
});

test('changes mean what they mean in a Dockerfile, in their order', async () => {
  const {config} = await applyChanges({...plain, config: {OnBuild: ['RUN base'], User: 'old'}}, [
    'ENV A=1 B="two words"',
    'env C=$A',
    'WORKDIR /srv',
    'WORKDIR app',
    'CMD ["run", "it"]',
    'ENTRYPOINT /start',
    'EXPOSE 80',
    'LABEL a=b',
    'USER app',
    'VOLUME /data',
    'STOPSIGNAL SIGINT',
    'ONBUILD RUN more',
  ]);
  expect(config).toMatchObject({
    Env: expect.arrayContaining(['A=1', 'B=two words', 'C=1']),
    WorkingDir: '/srv/app',
    Entrypoint: ['/bin/sh', '-c', '/start'],
    ExposedPorts: {'80/tcp': {}},
    Labels: {a: 'b'},
    User: 'app',
    Volumes: {'/data': {}},
    StopSignal: 'SIGINT',
    OnBuild: ['RUN base', 'RUN more'],
  });
});

test.each([
  {name: 'plain', pack: (tar: Buffer) => tar},
  {name: 'gzipped', pack: (tar: Buffer) => gzipSync(tar)},
])('a $name root file system becomes an image of one layer', async ({pack}) => {
  await using here = await temporaryStore();
  const {store} = here;
  const snapshots = openSnapshots(store);
  const tar = await tarOf({name: './etc/os-release', data: 'ID=x'}, {name: 'z'}, {name: 'a'});
  const image = await importRootfs(once(pack(tar)), {
    store,
    snapshots,
    changes: ['CMD ["sh"]'],
    message: 'from nowhere',
  });
  await store.references.put(image.target, []);
  const [stored] = store.images.list();
  expect(stored?.id).toBe(image.id);
  const config = store.images.config(stored!);
  expect(config).toMatchObject({config: {Cmd: ['sh']}, history: [{comment: 'from nowhere'}]});
  expect(await verifyImage(image.target, {store, snapshots})).toEqual([]);
  const [snapshot] = snapshots.list();
  expect(readFileSync(join(snapshot!.path, 'etc/os-release'), 'utf8')).toBe('ID=x');
  expect(await store.blobs.list()).toHaveLength(2);
});

test.each([
  {name: 'no tar', tar: Buffer.alloc(1024, 'x')},
  {name: 'a tar that leads out', tar: await tarOf({name: '../escaped', data: 'x'})},
])('$name is not imported and leaves nothing', async ({tar}) => {
  await using here = await temporaryStore();
  const {store, root} = here;
  const snapshots = openSnapshots(store);
  const importing = importRootfs(once(tar), {store, snapshots});
  await expect(importing).rejects.toMatchObject({code: expect.stringMatching(/^E_/)});
  expect(existsSync(join(root, 'escaped'))).toBe(false);
  expect(snapshots.list()).toEqual([]);
  const [owner = ''] = readdirSync(store.paths.ingest);
  expect(readdirSync(join(store.paths.ingest, owner))).toEqual(['lock']);
});
