import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readAll} from '../../src/content/read-all.js';
import {type Descriptor, describe} from '../../src/oci/descriptor.js';
import {digestOf} from '../../src/oci/digest.js';
import {blobPath} from '../../src/oci/image-layout.js';
import {MediaType} from '../../src/oci/media-type.js';
import {LayoutFolder} from '../../src/store/layout-folder.js';

function openLayout(): LayoutFolder & Disposable {
  const directory = mkdtempSync(join(tmpdir(), 'tsbuild-layout-'));
  mkdirSync(join(directory, 'blobs/sha256'), {recursive: true});
  const dispose = () => rmSync(directory, {recursive: true});
  return Object.assign(new LayoutFolder(directory), {[Symbol.dispose]: dispose});
}

function put({directory}: LayoutFolder, mediaType: string, document: unknown): Descriptor {
  const data = Buffer.from(JSON.stringify(document));
  const target = describe(mediaType, data);
  writeFileSync(join(directory, blobPath(target.digest)), data);
  return target;
}

const indexOf = (...manifests: Descriptor[]) => ({schemaVersion: 2, manifests});

const list = ({directory}: LayoutFolder, ...entries: Descriptor[]): void =>
  writeFileSync(join(directory, 'index.json'), JSON.stringify(indexOf(...entries)));

test('a directory without index.json lists nothing', () => {
  using layout = openLayout();
  expect(layout.entries()).toBeUndefined();
  expect(layout.byDigest(digestOf('a'))).toBeUndefined();
});

test.each([
  {name: 'cut short', bytes: '{', code: 'E_SIZE_MISMATCH'},
  {name: 'not what its digest says', bytes: undefined, code: 'E_DIGEST_MISMATCH'},
])('an index that is $name is not followed', ({bytes, code}) => {
  using layout = openLayout();
  const index = put(layout, MediaType.index, indexOf());
  list(layout, index);
  const path = join(layout.directory, blobPath(index.digest));
  writeFileSync(path, bytes ?? Buffer.alloc(index.size, ' '));
  expect(() => layout.byDigest(digestOf('a'))).toThrow(expect.objectContaining({code}));
});

test('indexes in each other are followed four deep, and one in itself is not for ever', () => {
  using layout = openLayout();
  const manifest = put(layout, MediaType.manifest, {deep: true});
  const nested = [1, 2, 3, 4].reduce<Descriptor[]>(
    (below) => [put(layout, MediaType.index, indexOf(...below.slice(0, 1))), ...below],
    [manifest],
  );
  list(layout, nested[1] as Descriptor);
  expect(layout.byDigest(manifest.digest)).toEqual(manifest);
  list(layout, nested[0] as Descriptor);
  expect(layout.byDigest(manifest.digest)).toBeUndefined();
});

test('content is verified as it is read', async () => {
  using layout = openLayout();
  const target = put(layout, MediaType.config, {});
  expect(await layout.exists(target)).toBe(true);
  expect((await readAll(layout, target, 10)).toString()).toBe('{}');
  writeFileSync(join(layout.directory, blobPath(target.digest)), '[]');
  await expect(readAll(layout, target, 10)).rejects.toMatchObject({code: 'E_DIGEST_MISMATCH'});
  rmSync(join(layout.directory, blobPath(target.digest)));
  await expect(readAll(layout, target, 10)).rejects.toMatchObject({code: 'E_CONTENT_NOT_FOUND'});
});
