/** `type=oci` and `type=docker` with a destination: the image as one tar, for OCI tools and `docker load`. */
import {saveImages} from '../archive/save.js';
import {type ArchivePlace, checkArchivePlace, writeArchive} from '../archive/write-archive.js';
import type {BuildResult, ExportedImage, Exporter} from '../exporter.js';
import {formImage, type ImageForm} from '../image/image-form.js';

export class ArchiveExporter implements Exporter {
  readonly #form: ImageForm;
  readonly #place: ArchivePlace;

  constructor(form: ImageForm, place: ArchivePlace) {
    this.#form = form;
    this.#place = place;
  }

  check(): void {
    checkArchivePlace(this.#place);
  }

  async export(result: BuildResult): Promise<ExportedImage> {
    const {names, signal} = result;
    const {image, descriptor, content} = await formImage(result, this.#form);
    const {configDescriptor} = image;
    const bytes = saveImages([{manifest: descriptor, names}], content);
    await writeArchive(bytes, this.#place, signal);
    return {configDescriptor, descriptor, names};
  }
}
