import {expect, test} from 'vitest';
import type {StepRecord} from '../../src/history/build-record.js';
import {pairSteps} from '../../src/history/pair-steps.js';

const steps = (...names: string[]): StepRecord[] =>
  names.map((name, index) => ({
    number: index + 1,
    name: name.replace('#', `${index + 1}/${names.length}`),
    result: 'done',
    duration: 0,
    logged: 0,
  }));

test.each([
  {
    name: 'equal steps, whatever their numbers',
    before: ['[#] FROM a', '[#] RUN make'],
    after: ['[#] FROM a', '[#] RUN new', '[#] RUN make'],
    pairs: ['1 1', '- 2', '2 3'],
  },
  {
    name: 'an instruction that was edited',
    before: ['[#] FROM a', '[#] COPY a /', '[#] COPY b /'],
    after: ['[#] FROM b', '[#] COPY b /', '[#] COPY c /'],
    pairs: ['1 1', '3 2', '2 3'],
  },
  {
    name: 'one that is gone stands after the one it stood after',
    before: ['[#] FROM a', '[#] RUN gone', '[#] USER x'],
    after: ['[#] FROM a', '[#] USER x'],
    pairs: ['1 1', '2 -', '3 2'],
  },
  {
    name: 'stages are kept apart',
    before: ['[one #] RUN make', '[two #] RUN make'],
    after: ['[two #] RUN make', '[three #] RUN make'],
    pairs: ['1 -', '2 1', '- 2'],
  },
  {
    name: 'the same instruction twice',
    before: ['[#] RUN date', '[#] RUN date'],
    after: ['[#] RUN date', '[#] RUN date', '[#] RUN date'],
    pairs: ['1 1', '2 2', '- 3'],
  },
  {name: 'all are gone', before: ['[#] FROM a', '[#] RUN b'], after: [], pairs: ['1 -', '2 -']},
])('$name', ({before, after, pairs}) => {
  const found = pairSteps(steps(...before), steps(...after));
  expect(found.map(({was, now}) => `${was?.number ?? '-'} ${now?.number ?? '-'}`)).toEqual(pairs);
});
