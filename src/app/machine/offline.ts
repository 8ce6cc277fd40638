/** Whether nothing may be asked over the network: `--offline`, or TSBUILD_OFFLINE. */
export const isOffline = (
  {offline}: {readonly offline?: boolean},
  env: NodeJS.ProcessEnv,
): boolean => offline === true || Boolean(env['TSBUILD_OFFLINE']);
