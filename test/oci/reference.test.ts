import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
  familiarReference,
  formatReference,
  parseReference,
  type Reference,
} from '../../src/oci/reference.js';

const hex = 'a'.repeat(64);

test.each([
  {text: ''},
  {text: ' hello'},
  {text: 'hello '},
  {text: 'Hello'},
  {text: 'docker.io/Hello'},
  {text: ':tag'},
  {text: 'hello:'},
  {text: 'hello@'},
  {text: `hello:${'t'.repeat(129)}`},
  {text: 'hello:-tag'},
  {text: 'hello:.tag'},
  {text: 'hello:tag:tag'},
  {text: 'a//b'},
  {text: '/hello'},
  {text: 'hello/'},
  {text: '../hello'},
  {text: 'a/../b'},
  {text: 'a.b/../c'},
  {text: 'he__llo___x'},
  {text: 'hello..x'},
  {text: 'hello\n'},
  {text: 'hello\0'},
  {text: 'hello:tag\n'},
  {text: '-host.com/hello'},
  {text: 'host.com:port/hello'},
  {text: 'host.com:/hello'},
  {text: 'host.com:5000'.concat('/')},
  {text: `hello@sha256:${'a'.repeat(63)}`},
  {text: `hello@sha256:${'A'.repeat(64)}`},
  {text: `hello@md5:${'a'.repeat(32)}`},
  {text: `hello@sha256:${hex}@sha256:${hex}`},
  {text: hex},
  {text: `host.com/${'a'.repeat(256)}`},
  {text: 'a'.repeat(1_000_000)},
  {text: `${'a-'.repeat(500)}!`},
])('refuses $text', ({text}) => {
  expect(() => parseReference(text)).toThrow(
    expect.objectContaining({code: 'E_INVALID_REFERENCE'}),
  );
});

test.each([
  ['hello', 'docker.io/library/hello:latest', 'hello:latest'],
  ['hello:1', 'docker.io/library/hello:1', 'hello:1'],
  ['user/hello', 'docker.io/user/hello:latest', 'user/hello:latest'],
  ['docker.io/hello', 'docker.io/library/hello:latest', 'hello:latest'],
  ['index.docker.io/user/hello', 'docker.io/user/hello:latest', 'user/hello:latest'],
  ['docker.io/library/a/b', 'docker.io/library/a/b:latest', 'library/a/b:latest'],
  ['10.24.2.30:5000/hello', '10.24.2.30:5000/hello:latest', '10.24.2.30:5000/hello:latest'],
  ['localhost/hello', 'localhost/hello:latest', 'localhost/hello:latest'],
  ['localhost:5000', 'docker.io/library/localhost:5000', 'localhost:5000'],
  ['localhost:5000/hello:1', 'localhost:5000/hello:1', 'localhost:5000/hello:1'],
  ['Registry/hello', 'Registry/hello:latest', 'Registry/hello:latest'],
  ['[::1]:5000/hello', '[::1]:5000/hello:latest', '[::1]:5000/hello:latest'],
  ['ghcr.io/a/b/c:x', 'ghcr.io/a/b/c:x', 'ghcr.io/a/b/c:x'],
  [`hello@sha256:${hex}`, `docker.io/library/hello@sha256:${hex}`, `hello@sha256:${hex}`],
  [`hello:1@sha256:${hex}`, `docker.io/library/hello:1@sha256:${hex}`, `hello:1@sha256:${hex}`],
  ['docker.io/a.b/c', 'docker.io/a.b/c:latest', 'docker.io/a.b/c:latest'],
  ['docker.io/localhost/c', 'docker.io/localhost/c:latest', 'docker.io/localhost/c:latest'],
  [`hello:${'t'.repeat(128)}`, `docker.io/library/hello:${'t'.repeat(128)}`, undefined],
])('reads %s as %s', (text, full, familiar) => {
  const reference = parseReference(text);
  expect(formatReference(reference)).toBe(full);
  if (familiar !== undefined) expect(familiarReference(reference)).toBe(familiar);
});

const component = fc.stringMatching(/^[a-z0-9]{1,6}(([._]|__|-{1,3})[a-z0-9]{1,4}){0,2}$/);
const domain = fc.oneof(
  fc.constant('docker.io'),
  fc.constant('localhost'),
  fc.stringMatching(/^[a-z0-9]{1,5}(\.[a-z0-9]{1,5}){1,3}(:[0-9]{1,5})?$/),
);
const digest = fc
  .array(fc.integer({min: 0, max: 15}), {minLength: 64, maxLength: 64})
  .map((digits) => `sha256:${digits.map((digit) => digit.toString(16)).join('')}` as const);

const references: fc.Arbitrary<Reference> = fc
  .record({
    domain,
    parts: fc.array(component, {minLength: 1, maxLength: 4}),
    tag: fc.option(fc.stringMatching(/^\w[\w.-]{0,20}$/), {nil: undefined}),
    digest: fc.option(digest, {nil: undefined}),
  })
  .map(({parts, ...rest}) => {
    const alone = rest.domain === 'docker.io' && parts.length === 1;
    const path = alone ? `library/${parts[0]}` : parts.join('/');
    const tag = rest.tag ?? (rest.digest === undefined ? 'latest' : undefined);
    return {
      domain: rest.domain,
      path,
      ...(tag === undefined ? {} : {tag}),
      ...(rest.digest === undefined ? {} : {digest: rest.digest}),
    };
  });

test('what is written in full or in short is read back as the same reference', () => {
  fc.assert(
    fc.property(references, (reference) => {
      expect(parseReference(formatReference(reference))).toEqual(reference);
      expect(parseReference(familiarReference(reference))).toEqual(reference);
    }),
  );
});

test('whatever is accepted survives a round trip', () => {
  const text = fc.stringMatching(/^[a-zA-Z0-9.:/@_-]{1,30}$/);
  fc.assert(
    fc.property(text, (typed) => {
      let reference: Reference;
      try {
        reference = parseReference(typed);
      } catch (error) {
        expect(error).toMatchObject({code: 'E_INVALID_REFERENCE'});
        return;
      }
      expect(parseReference(familiarReference(reference))).toEqual(reference);
    }),
    {numRuns: 2000},
  );
});
