/** Applies the layer in argv[2] to the directory in argv[3], and says what came of it: run where few ids are mapped. */
import {createReadStream, mkdirSync} from 'node:fs';
import {applyLayer} from '../../../src/layer/apply.js';
import {summarize} from '../../../src/layer/summarize.js';

const [archive = '', upper = ''] = process.argv.slice(2);
mkdirSync(upper, {recursive: true});
const {counts} = await applyLayer(createReadStream(archive), {upper, lowers: []});
process.stdout.write(JSON.stringify({recorded: counts.recorded, summary: summarize(upper)}));
