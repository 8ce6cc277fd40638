import {expect, test} from 'vitest';
import {caseNames, expectationPath, outcome} from './golden-case.js';

test.each(caseNames())('%s means what its folder says', async (name) => {
  const {text, failed} = await outcome(name);
  expect(failed).toBe(name.startsWith('error-'));
  await expect(text).toMatchFileSnapshot(expectationPath(name));
});
