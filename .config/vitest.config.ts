import {defineConfig} from 'vitest/config';
import {SkipSummary} from '../test/helpers/skip-summary.js';

/** Where a caller wants the results as JSON, beside what people read. */
const outputFile = process.env['TSBUILD_TEST_REPORT'];
const counted: ['json', {outputFile: string}][] = outputFile ? [['json', {outputFile}]] : [];

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    // Most tests wait for processes of their own.
    maxWorkers: 2,
    reporters: ['default', new SkipSummary(), ...counted],
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
