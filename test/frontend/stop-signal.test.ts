import {expect, test} from 'vitest';
import {isStopSignal} from '../../src/frontend/stop-signal.js';

test.each([
  '',
  '0',
  '-1',
  '65',
  '9.0',
  'SIG',
  'SIGNOTHING',
  'SIGRTMIN+16',
  'RTMAX-15',
  'TERM KILL',
])('%o is no signal', (text) => {
  expect(isStopSignal(text)).toBe(false);
});

test.each(['1', '64', 'SIGTERM', 'term', 'SigQuit', 'USR1', 'SIGRTMIN', 'SIGRTMIN+3', 'RTMAX-14'])(
  '%o is a signal',
  (text) => {
    expect(isStopSignal(text)).toBe(true);
  },
);
