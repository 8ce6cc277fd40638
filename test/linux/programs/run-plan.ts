/** Runs the plan in a file with this process's own stdio, and ends as it did: what an interactive command does. */
import {readFileSync, writeFileSync} from 'node:fs';
import {launch} from '../../../src/linux/launch.js';
import type {Plan} from '../../../src/linux/plan.js';

const [planFile = '', launcher = '', pidFile] = process.argv.slice(2);
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as Plan;
const running = launch(plan, {launcher});
if (pidFile !== undefined) {
  void running.started.then((pid) => writeFileSync(pidFile, `${running.pid} ${pid}`));
}
const outcome = await running.outcome;
process.exitCode = outcome.kind === 'exited' ? outcome.code : 200;
