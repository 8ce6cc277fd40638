/** A vitest reporter that ends a run with what was skipped, and why. */
import type {Reporter, TestModule} from 'vitest/node';

export class SkipSummary implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const reasons = new Map<string, string[]>();
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result();
        const reason = (result.state === 'skipped' && result.note) || 'no reason given';
        reasons.set(reason, [...(reasons.get(reason) ?? []), test.fullName]);
      }
    }
    for (const [reason, tests] of reasons) {
      process.stdout.write(` skipped, ${reason}\n${tests.map((test) => `   ${test}\n`).join('')}`);
    }
  }
}
