import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {withGeneratedSections} from '../../.config/readme-sections.js';

test('README.md names every command, flag and error code; `npm run readme` mends it', () => {
  const readme = readFileSync('README.md', 'utf8');
  expect(readme).toBe(withGeneratedSections(readme));
});
