/** `npm run crash [-- ROUNDS]`: the long form of crash.test.ts, as every user this process may become. */
import {testUserNames} from '../helpers/users.js';
import {killLoop} from './kill-loop.js';
import {openPlace} from './place.js';

const count = Number(process.argv[2] ?? 50);
let failed = 0;
for (const user of testUserNames) {
  await using place = await openPlace(user, ['busybox']);
  const rounds = await killLoop(place, count);
  const bad = rounds.filter(({left, next}) => left.length > 0 || next !== 0);
  const killed = rounds.filter((round) => round.killed).length;
  console.log(
    `${user}: ${rounds.length} builds, ${killed} killed, ${bad.length} left something behind`,
  );
  for (const round of bad) console.log(`  ${JSON.stringify(round)}`);
  failed += bad.length;
}
process.exitCode = failed === 0 ? 0 : 1;
