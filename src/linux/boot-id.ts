import {readFileSync} from 'node:fs';

let boot: string | undefined;

/** What the kernel calls this uptime. */
export function bootID(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return boot;
}
