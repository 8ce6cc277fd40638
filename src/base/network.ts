import {BlockList, isIP} from 'node:net';

export interface Network {
  /** `10.24.0.0/16`, as written. */
  readonly text: string;
  /** False for what is no address. */
  readonly contains: (address: string) => boolean;
}

/** The addresses that a CIDR stands for; undefined for what is none. */
export function parseNetwork(text: string): Network | undefined {
  const [, address = '', bits = ''] = /^([\da-f.:]+)\/(\d{1,3})$/i.exec(text) ?? [];
  const family = isIP(address);
  if (family === 0 || Number(bits) > (family === 4 ? 32 : 128)) return undefined;
  const list = new BlockList();
  list.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
  const contains = (each: string): boolean =>
    isIP(each) !== 0 && list.check(each, isIP(each) === 6 ? 'ipv6' : 'ipv4');
  return {text, contains};
}

/** What is this machine itself: 127.0.0.0/8 and ::1. */
export const LOOPBACK: readonly Network[] = ['127.0.0.0/8', '::1/128'].flatMap(
  (text) => parseNetwork(text) ?? [],
);
