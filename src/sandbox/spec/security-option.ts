import {InvalidRunOptionError} from '../errors.js';

export interface SecurityOptions {
  readonly noNewPrivileges: boolean;
  /** Absent is the default profile. */
  readonly seccomp?: 'unconfined' | {readonly file: string};
}

/**
 * The values of --security-opt, each `name=value` (docker also takes `name:value`): seccomp, no-new-privileges. Of
 * apparmor and label only what asks for none is taken, as no such module confines a process here.
 */
export function parseSecurityOptions(texts: readonly string[]): SecurityOptions {
  return Object.assign({noNewPrivileges: false}, ...texts.map(parseOne));
}

function parseOne(text: string): Partial<SecurityOptions> {
  const [, name = text, value] = /^([a-z-]+)[=:](.*)$/s.exec(text) ?? [];
  switch (name) {
    case 'no-new-privileges':
      return {noNewPrivileges: parseBoolean(value, text)};
    case 'seccomp':
      if (value === undefined || value === '') break;
      if (value === 'builtin') return {};
      return {seccomp: value === 'unconfined' ? 'unconfined' : {file: value}};
    case 'apparmor':
      if (value === 'unconfined') return {};
      break;
    case 'label':
      if (value === 'disable') return {};
      break;
  }
  throw new InvalidRunOptionError(
    '--security-opt',
    `got ${JSON.stringify(text)}`,
    'Use seccomp=FILE, seccomp=unconfined or no-new-privileges.',
  );
}

function parseBoolean(value: string | undefined, text: string): boolean {
  if (value === undefined || value === 'true') return true;
  if (value === 'false') return false;
  throw new InvalidRunOptionError(
    '--security-opt',
    `want true or false in ${JSON.stringify(text)}`,
  );
}
