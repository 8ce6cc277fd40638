import {expect, test} from 'vitest';
import type {Op} from '../../src/graph/op.js';
import {vertex} from '../../src/graph/vertex.js';
import {digestOf} from '../../src/oci/digest.js';

const image: Op = {
  kind: 'image',
  reference: 'alpine',
  manifest: digestOf('alpine'),
  platform: {os: 'linux', architecture: 'amd64'},
};
const run: Op = {
  kind: 'run',
  args: ['make'],
  env: ['A=1', 'B=2'],
  workingDirectory: '/',
  user: '',
  network: 'default',
};
const base = vertex({op: image, inputs: [], name: 'base'});

test.each([
  {name: 'the name', other: vertex({op: run, inputs: [base], name: 'other'})},
  {
    name: 'the lines',
    other: vertex({op: run, inputs: [base], name: 'make', lines: {first: 1, last: 2}}),
  },
  {
    name: 'how the image was written',
    other: vertex({
      op: run,
      inputs: [
        vertex({op: {...image, reference: 'docker.io/library/alpine'}, inputs: [], name: ''}),
      ],
      name: 'make',
    }),
  },
])('two vertices are one when they differ only in $name', ({other}) => {
  expect(other.id).toBe(vertex({op: run, inputs: [base], name: 'make'}).id);
});

test.each([
  {name: 'the op', other: vertex({op: {...run, user: '1'}, inputs: [base], name: 'make'})},
  {
    name: 'the order of the env',
    other: vertex({op: {...run, env: ['B=2', 'A=1']}, inputs: [base], name: 'make'}),
  },
  {name: 'the input', other: vertex({op: run, inputs: [null], name: 'make'})},
  {name: 'the count of inputs', other: vertex({op: run, inputs: [base, null], name: 'make'})},
  {
    name: 'the image of an input',
    other: vertex({
      op: run,
      inputs: [vertex({op: {...image, manifest: digestOf('other')}, inputs: [], name: ''})],
      name: 'make',
    }),
  },
])('two vertices differ when $name differs', ({other}) => {
  expect(other.id).not.toBe(vertex({op: run, inputs: [base], name: 'make'}).id);
});
