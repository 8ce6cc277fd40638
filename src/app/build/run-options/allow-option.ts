import {didYouMean} from '../../../dockerfile/did-you-mean.js';
import {ENTITLEMENTS, type Entitlement} from '../../../frontend/entitlements.js';
import {InvalidOptionError} from '../../errors.js';

/** `--allow`; asking for the host's network for all steps allows it for each. */
export function entitlementsOf(
  texts: readonly string[],
  network: string | undefined,
): readonly Entitlement[] {
  return [
    ...texts.map(parseEntitlement),
    ...(network === 'host' ? (['network.host'] as const) : []),
  ];
}

function parseEntitlement(text: string): Entitlement {
  const known = ENTITLEMENTS.find((each) => each === text);
  if (known !== undefined) return known;
  throw new InvalidOptionError(
    '--allow',
    `want ${ENTITLEMENTS.join(' or ')}, got ${JSON.stringify(text)}${didYouMean(text, ENTITLEMENTS)}`,
  );
}
