/**
 * Where one id is all a user namespace has, every change of owner or identity fails, and with it apt, dpkg, tar and
 * useradd. There these calls answer success and do nothing; the owner stays the one there is.
 *
 * Source  SECCOMP_RET_ERRNO with errno 0 skips the call and returns 0 (seccomp(2)).
 */
import type {Seccomp} from '../../oci/runtime-spec.js';

const IDENTITY_CALLS: readonly string[] = [
  'chown',
  'chown32',
  'fchown',
  'fchown32',
  'fchownat',
  'lchown',
  'lchown32',
  'setfsgid',
  'setfsgid32',
  'setfsuid',
  'setfsuid32',
  'setgid',
  'setgid32',
  'setgroups',
  'setgroups32',
  'setregid',
  'setregid32',
  'setresgid',
  'setresgid32',
  'setresuid',
  'setresuid32',
  'setreuid',
  'setreuid32',
  'setuid',
  'setuid32',
];

/** The profile with those calls pretended; everything else decides as before. */
export function pretendIdentityCalls(profile: Seccomp): Seccomp {
  const others = (profile.syscalls ?? []).map((rule) => ({
    ...rule,
    names: rule.names.filter((name) => !IDENTITY_CALLS.includes(name)),
  }));
  return {
    ...profile,
    syscalls: [
      {names: IDENTITY_CALLS, action: 'SCMP_ACT_ERRNO', errnoRet: 0},
      ...others.filter(({names}) => names.length > 0),
    ],
  };
}
