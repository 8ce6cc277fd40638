import {expect, test} from 'vitest';
import {cachePlaces, placeName} from '../../src/app/build/shared-cache/cache-option.js';
import {digestOf} from '../../src/oci/digest.js';

const refused = {code: 'E_INVALID_OPTION'};

test.each([
  {cacheTo: '', problem: 'NAME=VALUE'},
  {cacheTo: 'dest=/cache', problem: 'want type registry or local or inline, got none'},
  {cacheTo: 'type=gha', problem: 'got "gha"'},
  {cacheTo: 'type=regsitry,ref=app', problem: 'did you mean registry?'},
  {cacheTo: 'type=registry', problem: 'ref is required'},
  {cacheTo: 'type=local', problem: 'dest is required'},
  {cacheTo: 'type=local,src=/cache', problem: 'dest is required'},
  {cacheTo: 'type=local,dest=/cache,mod=max', problem: 'did you mean mode?'},
  {cacheTo: 'type=local,dest=/cache,mode=all', problem: 'want min, max'},
  {cacheTo: 'type=registry,ref=app,image-manifest=false', problem: 'image-manifest: want true'},
  {cacheTo: 'type=registry,ref=app,compression=xz', problem: 'compression'},
  {cacheTo: 'type=registry,ref=app,ignore-error=perhaps', problem: 'want true or false'},
  {cacheTo: 'type=inline,mode=max', problem: 'mode=max'},
  {cacheTo: 'type=inline,ref=app', problem: 'no such attribute'},
])('--cache-to $cacheTo is refused', ({cacheTo, problem}) => {
  const message = expect.stringContaining(problem);
  expect(() => cachePlaces({cacheTo: [cacheTo]})).toThrow(
    expect.objectContaining({...refused, message}),
  );
});

test.each([
  {cacheFrom: 'type=inline', problem: 'type=registry,ref=IMAGE'},
  {cacheFrom: 'type=local,dest=/cache', problem: 'src is required'},
  {cacheFrom: 'type=local,src=/cache,digest=latest', problem: 'digest: want sha256'},
  {cacheFrom: 'type=registry,ref=app,mode=max', problem: 'no such attribute'},
])('--cache-from $cacheFrom is refused', ({cacheFrom, problem}) => {
  const message = expect.stringContaining(problem);
  expect(() => cachePlaces({cacheFrom: [cacheFrom]})).toThrow(
    expect.objectContaining({...refused, message}),
  );
});

const digest = digestOf('cache');

test.each([
  {cacheFrom: 'app:cache', places: ['app:cache']},
  {cacheFrom: 'one:5000/app,two:5000/app', places: ['one:5000/app:latest', 'two:5000/app:latest']},
  {cacheFrom: 'ref=app:cache', places: ['app:cache']},
  {cacheFrom: 'type=registry,ref=app:cache', places: ['app:cache']},
  {cacheFrom: 'type=local,src=/cache', places: ['/cache']},
  {cacheFrom: `type=local,src=/cache,digest=${digest}`, places: ['/cache']},
])('--cache-from $cacheFrom is read', ({cacheFrom, places}) => {
  expect(cachePlaces({cacheFrom: [cacheFrom]}).from.map(placeName)).toEqual(places);
});

test('a target says what goes there, how it is packed, and whether it may fail', () => {
  const cacheTo = [
    'app:cache',
    'type=local,dest=/cache,tag=main,mode=max,compression=zstd,compression-level=5,ignore-error=false',
    'type=inline',
  ];
  const {to, isInlined} = cachePlaces({cacheTo});
  expect(to).toMatchObject([
    {place: {type: 'registry'}, mode: 'min', packing: {form: {compression: 'gzip'}}},
    {
      place: {type: 'local', directory: '/cache', tag: 'main'},
      mode: 'max',
      packing: {form: {compression: 'zstd', level: 5}},
      ignoreError: false,
    },
  ]);
  expect(isInlined).toBe(true);
  expect(cachePlaces({buildArgs: ['BUILDKIT_INLINE_CACHE=1']}).isInlined).toBe(true);
});
