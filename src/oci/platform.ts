/** Source  OCI image-spec v1.1.1, image-index.md § platform. */
export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
}
