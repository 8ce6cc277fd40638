/** `type=oci,tar=false`: the image in an OCI image layout directory, beside what is there. */
import {copy} from '../../content/copy.js';
import {LayoutDirectory} from '../archive/layout-directory.js';
import {layoutEntries} from '../archive/layout-entries.js';
import {checkDirectory} from '../check-directory.js';
import type {BuildResult, ExportedImage, Exporter} from '../exporter.js';
import {formImage, type ImageForm} from '../image/image-form.js';

export class LayoutExporter implements Exporter {
  readonly #form: ImageForm;
  readonly #directory: string;

  constructor(form: ImageForm, directory: string) {
    this.#form = form;
    this.#directory = directory;
  }

  check(): void {
    checkDirectory(this.#directory);
  }

  async export(result: BuildResult): Promise<ExportedImage> {
    const {names, signal} = result;
    const {image, descriptor, content} = await formImage(result, this.#form);
    const {configDescriptor, manifestDescriptor: manifest} = image;
    const to = new LayoutDirectory(this.#directory, signal);
    await copy({from: content, to}, manifest, {signal});
    to.add(layoutEntries({manifest: descriptor, names}));
    return {configDescriptor, descriptor, names};
  }
}
