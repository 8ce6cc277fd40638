import {once} from 'node:events';
import {expect, test} from 'vitest';
import {abortOnSignals} from '../../../src/ui/command/interruption.js';

test.each([
  {name: 'SIGINT', exitCode: 130},
  {name: 'SIGTERM', exitCode: 143},
] as const)(
  'the first $name asks the work to stop, with the exit code to leave with',
  async ({name, exitCode}) => {
    const before = process.listenerCount(name);
    const {signal, dispose} = abortOnSignals();
    process.kill(process.pid, name);
    await once(signal, 'abort');
    dispose();

    expect(signal.reason).toMatchObject({code: 'E_INTERRUPTED', exitCode});
    expect(process.listenerCount(name)).toBe(before);
  },
);
