/** `os/architecture[/variant]` as people write it ⇄ Platform; an architecture alone means linux. */
import type {Platform} from '../oci/platform.js';

const spellings: Readonly<Record<string, {architecture: string; variant?: string}>> = {
  x86_64: {architecture: 'amd64'},
  'x86-64': {architecture: 'amd64'},
  aarch64: {architecture: 'arm64'},
  armhf: {architecture: 'arm', variant: 'v7'},
  armel: {architecture: 'arm', variant: 'v6'},
  i386: {architecture: '386'},
};

/** Undefined when the text is no platform. */
export function parsePlatformName(text: string): Platform | undefined {
  const parts = text.toLowerCase().split('/');
  if (parts.length > 3 || parts.some((part) => !/^[a-z0-9_.-]+$/.test(part))) return undefined;
  const [first = '', second, third] = parts;
  if (second === undefined) {
    return first === 'linux' ? undefined : {os: 'linux', ...architecture(first)};
  }
  const variant = third === undefined ? {} : {variant: third};
  return {os: first, ...architecture(second), ...variant};
}

export const platformName = ({os, architecture, variant}: Platform): string =>
  [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');

const architecture = (name: string) => spellings[name] ?? {architecture: name};
