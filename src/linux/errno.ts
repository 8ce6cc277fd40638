/** errno ⇄ its name: what node:os knows, which is all that Linux shares with other systems, and the rest of it. */
import {constants} from 'node:os';

const onlyLinux: Readonly<Record<string, number>> = {
  ENONET: 64,
  ENOKEY: 126,
  EUCLEAN: 117,
  EMEDIUMTYPE: 124,
  EREMOTE: 66,
};

const numbers: Readonly<Record<string, number>> = {...constants.errno, ...onlyLinux};

/** Where two names share a number, the one strerror(3) means. */
const preferred: Readonly<Record<number, string>> = {
  [constants.errno.EAGAIN]: 'EAGAIN',
  [constants.errno.EOPNOTSUPP]: 'EOPNOTSUPP',
};

const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));

/** `EPERM`; for a number nobody named, `errno 4711`. */
export function errnoName(errno: number): string {
  return preferred[errno] ?? names.get(errno) ?? `errno ${errno}`;
}

export function errnoNumber(name: string): number | undefined {
  return numbers[name];
}
