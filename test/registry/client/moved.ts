/** Pushes and pulls between memory and a registry. */
import {MemoryContent} from '../../../src/content/memory.js';
import {readAll} from '../../../src/content/read-all.js';
import type {Descriptor} from '../../../src/oci/descriptor.js';
import {parseReference} from '../../../src/oci/reference.js';
import type {PushOptions, RegistryClient} from '../../../src/registry/client/registry-client.js';
import type {MemoryImage} from '../../helpers/memory-image.js';

export async function push(
  client: RegistryClient,
  name: string,
  {content, manifest}: Pick<MemoryImage, 'content' | 'manifest'>,
  {tags, ...options}: Omit<PushOptions, 'root'> & {tags?: readonly string[]} = {},
): Promise<void> {
  const reference = parseReference(name);
  const root = {digest: manifest.digest, tags: tags ?? [reference.tag ?? 'latest']};
  const target = await client.pushing(reference, {root, ...options});
  await target.copyFrom(content, manifest);
}

export async function pull(
  client: RegistryClient,
  name: string,
): Promise<{target: Descriptor; content: MemoryContent}> {
  const source = await client.pulling(parseReference(name));
  const {target} = await source.resolve();
  const content = new MemoryContent();
  await source.copyTo(content, target);
  return {target, content};
}

/** Whether the image is there, byte for byte. */
export async function holds(content: MemoryContent, image: MemoryImage): Promise<boolean> {
  for (const each of [image.manifest, image.config, ...image.layers]) {
    if (!(await content.exists(each))) return false;
    const [got, want] = [
      await readAll(content, each, each.size),
      await readAll(image.content, each, each.size),
    ];
    if (!got.equals(want)) return false;
  }
  return true;
}
