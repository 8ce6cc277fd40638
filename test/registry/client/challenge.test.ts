import {expect, test} from 'vitest';
import {parseChallenges} from '../../../src/registry/client/challenge.js';

test.each([
  {name: 'no header', header: null, challenges: []},
  {name: 'an empty one', header: '', challenges: []},
  {name: 'what is none', header: '=,=,"', challenges: []},
  {name: 'a scheme alone', header: 'Basic', challenges: [{scheme: 'basic', parameters: {}}]},
  {
    name: 'names and schemes in any letters',
    header: 'BEARER Realm="https://a/token"',
    challenges: [{scheme: 'bearer', parameters: {realm: 'https://a/token'}}],
  },
  {
    name: 'commas inside quotes',
    header: 'Bearer realm="https://a/t",service="s",scope="repository:a:pull,push"',
    challenges: [
      {
        scheme: 'bearer',
        parameters: {realm: 'https://a/t', service: 's', scope: 'repository:a:pull,push'},
      },
    ],
  },
  {
    name: 'escaped quotes, spaces around signs, values without quotes',
    header: 'Bearer realm = "a \\"b\\"" , service=x',
    challenges: [{scheme: 'bearer', parameters: {realm: 'a "b"', service: 'x'}}],
  },
  {
    name: 'several in one header',
    header: 'Basic realm="one, two", Bearer realm="https://a",,Negotiate',
    challenges: [
      {scheme: 'basic', parameters: {realm: 'one, two'}},
      {scheme: 'bearer', parameters: {realm: 'https://a'}},
      {scheme: 'negotiate', parameters: {}},
    ],
  },
  {
    name: 'a quote that never ends',
    header: 'Bearer service="s", realm="https://a',
    challenges: [{scheme: 'bearer', parameters: {service: 's'}}],
  },
])('$name', ({header, challenges}) => {
  const found = parseChallenges(header);
  expect(found.slice(0, challenges.length)).toEqual(challenges);
});

test('of a header of a megabyte only the beginning is read', () => {
  expect(parseChallenges(`${', '.repeat(500_000)}Bearer`)).toEqual([]);
  const [challenge] = parseChallenges(
    `Bearer a="${'b'.repeat(10_000)}", ${'c=d,'.repeat(250_000)}e=f`,
  );
  expect(Object.keys(challenge?.parameters ?? {})).toEqual(['a', 'c']);
  // A search that tries every way to read this would not end.
  expect(parseChallenges(`Bearer ${'a="\\\\'.repeat(200_000)}`)).toHaveLength(1);
});
