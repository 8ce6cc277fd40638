/** `npm run fuzz [-- SEQUENCES [SEED]]`: the long form of fuzz.test.ts. */
import {testUserNames} from '../helpers/users.js';
import {fuzz} from './fuzz.js';
import {openPlace} from './place.js';

const sequences = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
await using place = await openPlace(testUserNames.at(-1) ?? 'root', ['busybox']);
const differences = await fuzz(place, sequences, seed);
console.log(`seed ${seed}: ${sequences} sequences of edits, ${differences.length} images differ`);
for (const difference of differences) console.log(`  ${JSON.stringify(difference)}`);
process.exitCode = differences.length === 0 ? 0 : 1;
