/** The arguments of commands that take any number of images. */
import * as Args from '@oclif/core/args';

export const imageArguments = {
  image: Args.string({
    description: 'images by name or id',
    required: true,
    multiple: true,
    ignoreStdin: true,
  }),
};
