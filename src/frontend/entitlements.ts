import type {RunInstruction} from '../dockerfile/instruction.js';
import {EntitlementError} from './errors.js';

/** What a RUN may not do unless the one who builds allows it. */
export const ENTITLEMENTS = ['network.host', 'security.insecure'] as const;

export type Entitlement = (typeof ENTITLEMENTS)[number];

/** Throws EntitlementError. */
export function requireEntitlement(
  entitlement: Entitlement,
  {lines}: RunInstruction,
  {allowed}: {readonly allowed: readonly Entitlement[]},
): void {
  if (!allowed.includes(entitlement)) throw new EntitlementError(entitlement, {lines});
}
