/** `npm run soak [-- BUILDS [SEED]]`: builds of each of the two builders, 20 if not said otherwise. */
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';
import {soak} from './soak.js';

const count = Number(process.argv[2] ?? 20);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
await using place = await openPlace(testUserNames.at(-1) ?? 'root', ['busybox']);
const {failures, lost, duplicates, ...figures} = await soak(place, count, seed);
console.log(`seed ${seed}: ${JSON.stringify(figures)}`);
for (const failure of failures) console.log(`  failed: ${failure}`);
for (const tag of lost) console.log(`  lost: ${tag}`);
for (const twice of duplicates) console.log(`  twice: ${twice}`);
process.exitCode = failures.length + lost.length + duplicates.length === 0 ? 0 : 1;
