import {parseReference} from '../../oci/reference.js';
import {InvalidOptionError} from '../errors.js';
import {openWorkspace} from '../workspace.js';

/** `image tag`: gives an image another name. */
export async function tagImage(request: {
  source: string;
  target: string;
  root?: string;
}): Promise<void> {
  const target = parseReference(request.target);
  if (target.digest !== undefined) {
    throw new InvalidOptionError('target', 'want a name and tag, got a digest');
  }
  await using workspace = await openWorkspace({root: request.root});
  const {images, references} = workspace.store;
  await references.tag(target, images.find(request.source).target);
}
