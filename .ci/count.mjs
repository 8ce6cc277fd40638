/** Counts a report of vitest: `passed failed skipped` to the output, what failed and why to the end of a file. */
import {appendFileSync, readFileSync} from 'node:fs';

const [report, failures] = process.argv.slice(2);
const results = JSON.parse(readFileSync(report, 'utf8'));
let unread = 0;
for (const {name, status, message, assertionResults} of results.testResults) {
  const failed = assertionResults.filter((each) => each.status === 'failed');
  for (const {fullName, failureMessages} of failed) tell(name, fullName, failureMessages.join('\n'));
  // A file that cannot be imported, or whose hook failed, has no test that says so.
  if (status === 'failed' && failed.length === 0) {
    unread++;
    tell(name, 'the file itself', message);
  }
}
const {numPassedTests, numFailedTests, numPendingTests} = results;
console.log(numPassedTests, numFailedTests + unread, numPendingTests);

function tell(file, test, why) {
  appendFileSync(failures, `== FAILED ${file}: ${test}\n${why}\n`);
}
