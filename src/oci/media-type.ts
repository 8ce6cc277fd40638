/**
 * The media types tsbuild reads, and which of them say the same thing.
 *
 * Source  OCI image-spec v1.1.1, media-types.md; moby image manifest v2 schema 2.
 */
export const MediaType = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  empty: 'application/vnd.oci.empty.v1+json',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
  dockerConfig: 'application/vnd.docker.container.image.v1+json',
  dockerLayer: 'application/vnd.docker.image.rootfs.diff.tar',
  dockerLayerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  dockerLayerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
} as const;

export type Compression = 'none' | 'gzip' | 'zstd';

const layers = new Map<string, Compression>([
  [MediaType.layer, 'none'],
  [MediaType.layerGzip, 'gzip'],
  [MediaType.layerZstd, 'zstd'],
  [MediaType.dockerLayer, 'none'],
  [MediaType.dockerLayerGzip, 'gzip'],
  [MediaType.dockerLayerZstd, 'zstd'],
  ['application/vnd.oci.image.layer.nondistributable.v1.tar', 'none'],
  ['application/vnd.oci.image.layer.nondistributable.v1.tar+gzip', 'gzip'],
  ['application/vnd.oci.image.layer.nondistributable.v1.tar+zstd', 'zstd'],
  ['application/vnd.docker.image.rootfs.foreign.diff.tar.gzip', 'gzip'],
]);

export const isManifest = (mediaType: string): boolean =>
  mediaType === MediaType.manifest || mediaType === MediaType.dockerManifest;

export const isIndex = (mediaType: string): boolean =>
  mediaType === MediaType.index || mediaType === MediaType.dockerIndex;

export const isImageConfig = (mediaType: string): boolean =>
  mediaType === MediaType.config || mediaType === MediaType.dockerConfig;

/** How a layer of this type is packed; undefined for what is no layer. */
export const compressionOf = (mediaType: string): Compression | undefined => layers.get(mediaType);

/** Whose names an image goes by. The documents read the same. */
export type MediaFamily = 'oci' | 'docker';

/** What the parts of an image are called. */
export const imageTypes = {
  oci: {
    manifest: MediaType.manifest,
    config: MediaType.config,
    layer: {none: MediaType.layer, gzip: MediaType.layerGzip, zstd: MediaType.layerZstd},
  },
  docker: {
    manifest: MediaType.dockerManifest,
    config: MediaType.dockerConfig,
    layer: {
      none: MediaType.dockerLayer,
      gzip: MediaType.dockerLayerGzip,
      zstd: MediaType.dockerLayerZstd,
    },
  },
} as const satisfies Record<
  MediaFamily,
  {manifest: string; config: string; layer: Record<Compression, string>}
>;
