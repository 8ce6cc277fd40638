/** Run through the launcher's --enter: verify-image.ts STORE REFERENCE. Exits with 1 and tells what is wrong. */
import {openWorkspace} from '../../../src/app/workspace.js';
import {verifyImage} from '../../../src/export/image/verify-image.js';

const [root, text = ''] = process.argv.slice(2);
await using workspace = await openWorkspace({root});
const {store, snapshots} = workspace;
const {target} = store.images.find(text);
for (const {place, problem} of await verifyImage(target, {store, snapshots})) {
  process.stderr.write(`${text}: ${place}: ${problem}\n`);
  process.exitCode = 1;
}
