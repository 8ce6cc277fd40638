import {expect, test} from 'vitest';
import {valueChanges} from '../../../src/app/builds/value-changes.js';

test.each([
  ['nothing', {a: 1, b: {c: [1]}}, {b: {c: [1]}, a: 1}, []],
  ['a value', {Cmd: ['a']}, {Cmd: ['b']}, [{name: 'Cmd', was: ['a'], now: ['b']}]],
  ['a member that is new', {Env: {}}, {Env: {PATH: '/bin'}}, [{name: 'Env.PATH', now: '/bin'}]],
  ['a group that is gone', {Labels: {a: '1'}}, {}, [{name: 'Labels.a', was: '1'}]],
  ['a value that is named alone', {}, {Volumes: {'/data': {}}}, [{name: 'Volumes./data', now: {}}]],
  ['an object in the place of a value', {a: 1}, {a: {b: 1}}, [{name: 'a', was: 1, now: {b: 1}}]],
  ['what is empty counts as absent', {User: '', Cmd: [], a: null, Labels: {}}, {}, []],
  [
    'names that objects have by birth',
    {},
    JSON.parse('{"__proto__": {"x": 1}, "toString": "y"}'),
    [
      {name: '__proto__.x', now: 1},
      {name: 'toString', now: 'y'},
    ],
  ],
])('%s', (_, was, now, changes) => {
  expect(valueChanges(was, now)).toEqual(changes);
});
