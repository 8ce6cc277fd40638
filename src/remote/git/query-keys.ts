/** What the query of a git address may say: which commit, which folder of it, and how it is taken. */
export const QUERY_KEYS: readonly string[] = [
  'ref',
  'branch',
  'tag',
  'subdir',
  'commit',
  'checksum',
  'keep-git-dir',
  'submodules',
  'mtime',
];
