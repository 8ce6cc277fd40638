/**
 * Build arguments nobody has to declare.
 *
 * Source  docker's Dockerfile reference, "Predefined ARGs" and "Automatic platform ARGs in the global scope".
 */
import {formatPlatform, type Platform} from '../oci/platform.js';

const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'FTP_PROXY', 'NO_PROXY', 'ALL_PROXY'];
/** Known to docker's frontend and read by others than the Dockerfile. */
const builtIn = /^(BUILDKIT_.+|SOURCE_DATE_EPOCH)$/;

export interface Platforms {
  readonly target: Platform;
  /** Of the machine that builds. */
  readonly build: Platform;
}

/** Name of RUN steps' machine, when a build arg gives one. */
export const sandboxHostname = (buildArgs: ReadonlyMap<string, string>): string | undefined =>
  buildArgs.get('BUILDKIT_SANDBOX_HOSTNAME') || undefined;

/** The platform args and the stage to build, as `--target` typed it or else by its name: usable in FROM at once, in a stage after `ARG name`. */
export function platformArgs(
  platforms: Platforms,
  target: string | undefined,
): ReadonlyMap<string, string> {
  const args = new Map<string, string>();
  for (const [prefix, platform] of [
    ['BUILD', platforms.build],
    ['TARGET', platforms.target],
  ] as const) {
    args.set(`${prefix}PLATFORM`, formatPlatform(platform));
    args.set(`${prefix}OS`, platform.os);
    args.set(`${prefix}OSVERSION`, platform['os.version'] ?? '');
    args.set(`${prefix}ARCH`, platform.architecture);
    args.set(`${prefix}VARIANT`, platform.variant ?? '');
  }
  return args.set('TARGETSTAGE', target || 'default');
}

/** Proxies among the build args, each in both cases, as every RUN gets them; of two spellings the lower case one wins. */
export function proxyEnv(buildArgs: ReadonlyMap<string, string>): string[] {
  return proxies.flatMap((name) => {
    const value = buildArgs.get(name.toLowerCase()) ?? buildArgs.get(name);
    return value === undefined ? [] : [`${name}=${value}`, `${name.toLowerCase()}=${value}`];
  });
}

export const isPredefined = (name: string): boolean =>
  proxies.includes(name.toUpperCase()) || builtIn.test(name);

/** Whether `platformArgs` has it. */
export const isPlatformArg = (name: string): boolean =>
  /^(?:BUILD|TARGET)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)$|^TARGETSTAGE$/.test(name);
