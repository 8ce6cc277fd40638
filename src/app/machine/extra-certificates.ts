/**
 * Puts NODE_EXTRA_CA_CERTS back where the launcher set it aside, for programs started from here and for `run -e`.
 *
 * Node itself reads it at start alone: code that speaks TLS here must read the file.
 */
export function restoreExtraCertificates(env: NodeJS.ProcessEnv = process.env): void {
  const file = env['TSBUILD_NODE_EXTRA_CA_CERTS'];
  if (file === undefined) return;
  env['NODE_EXTRA_CA_CERTS'] = file;
  delete env['TSBUILD_NODE_EXTRA_CA_CERTS'];
}
