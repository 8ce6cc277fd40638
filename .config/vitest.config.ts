import {defineConfig} from 'vitest/config';
import {SkipSummary} from '../test/helpers/skip-summary.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    reporters: ['default', new SkipSummary()],
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
