/** What was unpacked. */
export interface ApplyCounts {
  readonly files: number;
  readonly directories: number;
  /** Hard links and symlinks. */
  readonly links: number;
  readonly nodes: number;
  /** Deletions and opaque directories. */
  readonly whiteouts: number;
  /** Content of the files. */
  readonly bytes: number;
  /** Owners, nodes and capabilities written down because the kernel refused them. */
  readonly recorded: number;
}
