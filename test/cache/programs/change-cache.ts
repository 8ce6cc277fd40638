/** Puts results into a cache, uses and removes them without end: `change-cache.ts <root> <seed>`. */
import {ResultCache} from '../../../src/cache/result-cache.js';
import {resultOf} from './results.js';

const [, , root = '', seed = '1'] = process.argv;
const cache = new ResultCache(root);
for (let turn = Number(seed); ; turn++) {
  const record = resultOf((turn * 7) % 40, turn % 1000, `project-${turn % 3}`);
  if (turn % 5 === 0) cache.remove(record.key);
  else if (turn % 7 === 0) cache.removeUse(record.key, record.origin.project);
  else cache.put(record, []);
  if (turn === Number(seed) + 40) process.stdout.write('ready\n');
}
