/** Source  OCI image-spec v1.1.1, descriptor.md. Embedded `data` is left out: content is read where it is stored. */
import type {Descriptor} from './descriptor.js';
import type {Fields} from './json-fields.js';
import {normalizePlatform, type Platform} from './platform.js';

export function readDescriptor(fields: Fields): Descriptor {
  const urls = fields.strings('urls');
  const annotations = fields.stringMap('annotations');
  const platform = fields.optionalObject('platform');
  const artifactType = fields.optionalString('artifactType');
  return {
    mediaType: fields.optionalString('mediaType') ?? '',
    digest: fields.digest('digest'),
    size: fields.size('size'),
    ...(urls === undefined ? {} : {urls}),
    ...(annotations === undefined ? {} : {annotations}),
    ...(platform === undefined ? {} : {platform: readPlatform(platform)}),
    ...(artifactType === undefined ? {} : {artifactType}),
  };
}

function readPlatform(fields: Fields): Platform {
  const variant = fields.optionalString('variant');
  const version = fields.optionalString('os.version');
  return normalizePlatform({
    os: fields.optionalString('os') ?? 'unknown',
    architecture: fields.optionalString('architecture') ?? 'unknown',
    ...(variant === undefined ? {} : {variant}),
    ...(version === undefined ? {} : {'os.version': version}),
  });
}
