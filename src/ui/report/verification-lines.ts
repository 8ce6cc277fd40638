/** What `cache verify` found. */
import type {Damage, VerifiedCache} from '../../app/cache/verify-cache.js';

export function verificationLines(verified: VerifiedCache): string[] {
  const {damaged, records, blobs, snapshots, unverifiable} = verified;
  const foreign =
    unverifiable === 0 ? '' : `; ${unverifiable} snapshots are of other tools' layers and were not`;
  return [
    ...damaged.map(damageLine),
    `Verified ${records} results, ${blobs} blobs and ${snapshots - unverifiable} snapshots${foreign}`,
  ];
}

function damageLine({kind, id, removed, with: above}: Damage): string {
  if (!removed) return `${kind} ${id} is damaged, and in use: it stays`;
  const more = above.length === 0 ? '' : `, with ${above.join(', ')} that stood on it`;
  return `${kind} ${id} is damaged: removed${more}`;
}
