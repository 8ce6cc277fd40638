/** `type=image`: an image in the store, under the names the build was given. Its layers stay in their snapshots, but for rewritten ones. */
import type {BuildResult, ExportedImage, Exporter} from '../exporter.js';
import {formImage, type ImageForm} from '../image/image-form.js';

export class ImageExporter implements Exporter {
  readonly #form: ImageForm;

  constructor(form: ImageForm) {
    this.#form = form;
  }

  async export(result: BuildResult): Promise<ExportedImage> {
    const {store, names} = result;
    const {image, descriptor, content, rewritten} = await formImage(result, this.#form);
    for (const layer of rewritten) await store.blobs.push(layer, content.fetch(layer));
    const {configDescriptor, manifestDescriptor} = image;
    await store.blobs.writeAll([
      {mediaType: configDescriptor.mediaType, data: image.configData},
      {mediaType: manifestDescriptor.mediaType, data: image.manifestData},
    ]);
    await store.references.put(manifestDescriptor, names);
    return {configDescriptor, descriptor, names};
  }
}
