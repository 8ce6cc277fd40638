/**
 * COPY --chmod: octal digits or chmod(1)'s symbolic form, as a change of a file's permission bits.
 *
 * Source  POSIX.1-2017, chmod § EXTENDED DESCRIPTION; a clause without `ugoa` means all, whatever the umask.
 */
import {BadModeError} from '../errors.js';

export type ModeChange = (mode: number, isDirectory: boolean) => number;

/** Throws BadModeError. */
export function parseMode(text: string): ModeChange {
  if (/^[0-7]{1,5}$/.test(text)) {
    const fixed = Number.parseInt(text, 8);
    if (fixed > 0o7777) throw new BadModeError(text);
    return () => fixed;
  }
  const clauses = text.split(',').flatMap((clause) => parseClause(clause, text));
  return (mode, isDirectory) =>
    clauses.reduce((current, change) => change(current, isDirectory), mode & 0o7777);
}

const shifts: Readonly<Record<string, number>> = {u: 6, g: 3, o: 0};

function parseClause(clause: string, text: string): ModeChange[] {
  const parts = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
  if (parts === null) throw new BadModeError(text);
  const whom = parts[1] as string;
  const classes = whom === '' || whom.includes('a') ? ['u', 'g', 'o'] : [...new Set(whom)];
  const actions = [...(parts[2] as string).matchAll(/([-+=])([rwxXst]+|[ugo]|)/g)];
  return actions.map(([, operator, permissions]) => (mode, isDirectory) => {
    const bits = bitsOf(permissions as string, classes, {mode, isDirectory});
    if (operator === '+') return mode | bits;
    return operator === '-' ? mode & ~bits : (mode & ~reach(classes, isDirectory)) | bits;
  });
}

/** All bits that `=` takes from the classes first; a directory keeps setuid and setgid unless named. */
function reach(classes: readonly string[], isDirectory: boolean): number {
  const own = classes.reduce((bits, name) => bits | (7 << (shifts[name] as number)), 0);
  const special = (classes.includes('u') ? 0o4000 : 0) | (classes.includes('g') ? 0o2000 : 0);
  const sticky = classes.includes('o') ? 0o1000 : 0;
  return own | sticky | (isDirectory ? 0 : special);
}

function bitsOf(
  permissions: string,
  classes: readonly string[],
  file: {readonly mode: number; readonly isDirectory: boolean},
): number {
  let bits = 0;
  for (const letter of permissions) {
    const copied = shifts[letter];
    const own = copied === undefined ? ownBits(letter, file) : (file.mode >> copied) & 7;
    for (const name of classes) bits |= own << (shifts[name] as number);
    if (letter === 's')
      bits |= (classes.includes('u') ? 0o4000 : 0) | (classes.includes('g') ? 0o2000 : 0);
    if (letter === 't') bits |= 0o1000;
  }
  return bits;
}

function ownBits(
  letter: string,
  {mode, isDirectory}: {readonly mode: number; readonly isDirectory: boolean},
): number {
  if (letter === 'r') return 4;
  if (letter === 'w') return 2;
  if (letter === 'x') return 1;
  return letter === 'X' && (isDirectory || (mode & 0o111) !== 0) ? 1 : 0;
}
