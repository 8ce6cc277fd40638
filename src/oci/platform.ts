/**
 * Platforms: what an image runs on, and which of several images to take.
 *
 * Source  OCI image-spec v1.1.1, image-index.md § platform; containerd/platforms v1 (names, defaults, ranking).
 */
import {InvalidPlatformError} from './errors.js';

export interface Platform {
  readonly architecture: string;
  readonly os: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
}

const architectures: Readonly<Record<string, string>> = {
  i386: '386',
  ia32: '386',
  x86_64: 'amd64',
  'x86-64': 'amd64',
  x64: 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  armel: 'arm',
  ppc64el: 'ppc64le',
};

const known = new Set(
  '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x wasm'.split(
    ' ',
  ),
);
const systems = new Set('linux windows darwin freebsd netbsd openbsd android wasip1 js'.split(' '));

/** One spelling for each platform: `x86_64` is amd64, arm without variant is v7, arm64 v8 and amd64 v1 go unsaid. */
export function normalizePlatform(platform: Platform): Platform {
  const os = platform.os.toLowerCase();
  const name = platform.architecture.toLowerCase();
  const architecture = architectures[name] ?? name;
  const variant = normalVariant(architecture, spokenVariant(name, platform.variant));
  const version = platform['os.version'];
  return {
    architecture,
    os: os === 'macos' ? 'darwin' : os,
    ...(variant === '' ? {} : {variant}),
    ...(version === undefined ? {} : {'os.version': version}),
  };
}

const spokenVariant = (name: string, variant = ''): string =>
  name === 'armel' ? 'v6' : variant.toLowerCase();

function normalVariant(architecture: string, variant: string): string {
  const full = /^\d/.test(variant) ? `v${variant}` : variant;
  if (architecture === 'arm') return full === '' ? 'v7' : full;
  if (architecture === 'arm64') return full === 'v8' || full === 'v8.0' ? '' : full;
  if (architecture === 'amd64') return full === 'v1' ? '' : full;
  return full;
}

const isWord = (part: string): boolean => /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/.test(part);

/** `os/architecture[/variant]`, or one of the first two. Throws InvalidPlatformError. */
export function parsePlatform(text: string, host: Platform = hostPlatform()): Platform {
  const parts = text.split('/');
  if (text.length > 100 || parts.length > 3 || !parts.every(isWord)) {
    throw new InvalidPlatformError(text);
  }
  const [first = '', second, variant] = parts;
  if (second !== undefined) {
    const platform = {os: first, architecture: second};
    return normalizePlatform(variant === undefined ? platform : {...platform, variant});
  }
  const alone = normalizePlatform({os: host.os, architecture: first});
  if (known.has(alone.architecture)) return alone;
  if (systems.has(normalizePlatform({...host, os: first}).os)) {
    return normalizePlatform({...host, os: first});
  }
  throw new InvalidPlatformError(text);
}

export function formatPlatform(platform: Platform): string {
  const {os, architecture, variant} = normalizePlatform(platform);
  return variant === undefined ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`;
}

/** What this process runs on. */
export function hostPlatform(): Platform {
  const endian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'le' : '';
  const architecture = process.arch === 'ppc64' ? `ppc64${endian}` : process.arch;
  return normalizePlatform({os: process.platform, architecture});
}

/** This machine's where none is named. Throws InvalidPlatformError. */
export const platformOrHost = (text: string | undefined): Platform =>
  text === undefined ? hostPlatform() : parsePlatform(text);

/**
 * How well an image for `have` runs on `want`: 0 is exact, more is worse, undefined is not at all. An arm64 machine takes
 * arm v8 to v5, a variant takes the lower ones, amd64 takes 386.
 */
export function platformRank(want: Platform, have: Platform): number | undefined {
  const wanted = normalizePlatform(want);
  const offered = normalizePlatform(have);
  if (wanted.os !== offered.os) return undefined;
  const index = runnable(wanted).indexOf(`${offered.architecture}/${offered.variant ?? ''}`);
  return index === -1 ? undefined : index;
}

function runnable({architecture, variant = ''}: Platform): readonly string[] {
  const level = Number(variant.match(/^v(\d+)$/)?.[1] ?? 0);
  const down = (name: string, from: number, to: number): string[] =>
    Array.from({length: Math.max(0, from - to + 1)}, (_, step) => `${name}/v${from - step}`);
  switch (architecture) {
    case 'amd64':
      return [...down('amd64', Math.min(level, 99), 2), 'amd64/', '386/'];
    case 'arm64':
      return [`arm64/${variant}`, 'arm64/', ...down('arm', 8, 5)];
    case 'arm':
      return level === 0 ? [`arm/${variant}`] : down('arm', Math.min(level, 99), 5);
    default:
      return variant === '' ? [`${architecture}/`] : [`${architecture}/${variant}`];
  }
}
