import type {Seccomp} from '../../oci/runtime-spec.js';
import {type HostFacts, hasSingleID} from '../host-facts.js';
import {defaultSeccomp} from '../seccomp/default-profile.js';
import {pretendIdentityCalls} from '../seccomp/single-id.js';

const ALLOW_ALL: Seccomp = {defaultAction: 'SCMP_ACT_ALLOW'};

/** The filter of a process: the one asked for or docker's default, and what a machine with a single id needs on top. */
export function seccompOf(
  chosen: Seccomp | 'unconfined' | undefined,
  bounding: readonly string[],
  host: HostFacts,
): {seccomp?: Seccomp} {
  if (chosen === 'unconfined')
    return hasSingleID(host) ? {seccomp: pretendIdentityCalls(ALLOW_ALL)} : {};
  const key = JSON.stringify([chosen, bounding, host.architecture, hasSingleID(host)]);
  const known = choices.get(key) ?? choose(chosen, bounding, host);
  choices.set(key, known);
  return {seccomp: known};
}

/** Equal choices are one object, so that its program is assembled once. */
const choices = new Map<string, Seccomp>();

function choose(
  chosen: Seccomp | undefined,
  bounding: readonly string[],
  host: HostFacts,
): Seccomp {
  const profile = chosen ?? defaultSeccomp(bounding, host);
  return hasSingleID(host) ? pretendIdentityCalls(profile) : profile;
}
