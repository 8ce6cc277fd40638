/** `npm run bases [name…]`: makes base images and prints where they are. */
import {basename} from 'node:path';
import {performance} from 'node:perf_hooks';
import {baseNames, ensureBase} from './ensure-base.js';

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !baseNames.some((known) => known === name));
if (unknown.length > 0) {
  process.stderr.write(`no base ${unknown.join(', ')}; there are ${baseNames.join(', ')}\n`);
  process.exit(2);
}
for (const name of baseNames) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const start = performance.now();
  const path = await ensureBase(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stderr.write(`${basename(path)} in ${seconds} s\n`);
  process.stdout.write(`${path}\n`);
}
