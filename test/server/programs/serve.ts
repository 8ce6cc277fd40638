/** A registry that can be killed: `serve.ts <directory> [collect]`, which collects all the time. */
import {serveRegistry} from '../../../src/app/registry/serve-registry.js';

const [, , data = '', collect] = process.argv;
const garbage = {every: collect === undefined ? 0 : 1, grace: 2_000};
const {url} = await serveRegistry({data, garbage});
process.stdout.write(`${url}\n`);
