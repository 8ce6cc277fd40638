import {expect, test} from 'vitest';
import {caseNames, expectationPath, outcome} from './golden-case.js';

test.each(caseNames())('%s means what its folder says', async (name) => {
  const {text} = await outcome(name);
  await expect(text).toMatchFileSnapshot(expectationPath(name));
});
