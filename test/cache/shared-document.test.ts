import {expect, test} from 'vitest';
import {readSharedResults, sharedDocument} from '../../src/cache/shared/shared-document.js';
import type {SharedResult} from '../../src/cache/shared/shared-result.js';
import {describe} from '../../src/oci/descriptor.js';
import {digestOf} from '../../src/oci/digest.js';
import {parseJSON} from '../../src/oci/json-fields.js';
import {MediaType} from '../../src/oci/media-type.js';

const at = '2026-01-01T00:00:00.000Z';
const blob = describe(MediaType.layerGzip, Buffer.from('layer'));
const layer = {blob, diffID: digestOf('tar'), contentDigest: digestOf('content'), createdAt: at};
const result: SharedResult = {
  definition: digestOf('definition'),
  key: digestOf('key'),
  name: 'RUN make',
  inputs: [digestOf('input'), null],
  inputNames: ['FROM base', ''],
  selection: undefined,
  content: digestOf('root'),
  createdAt: at,
  duration: 7,
  base: digestOf('base'),
  layers: [layer],
};
const onNothing: SharedResult = {...result, base: null, content: null, layers: []};

const read = (document: unknown) =>
  readSharedResults(parseJSON(Buffer.from(JSON.stringify(document)), 'cache', 1e6), [blob]);

test('results are read as they were written', () => {
  expect(read(sharedDocument([result, onNothing], [blob]))).toEqual([result, onNothing]);
});

const [written] = sharedDocument([result], [blob]).results;
const document = sharedDocument([result], [blob]);
const withResult = (members: object) => ({...document, results: [{...written, ...members}]});
const withLayer = (members: object) => ({
  ...document,
  layers: [{...document.layers[0], ...members}],
});

test.each([
  {name: 'of another version', document: {...document, version: 2}},
  {name: 'without one', document: {...document, version: undefined}},
  {name: 'whose results are no list', document: {...document, results: {}}},
  {name: 'with a key that is a path', document: withResult({key: 'sha256:../../x'})},
  {name: 'without a definition', document: withResult({definition: undefined})},
  {name: 'with a base in words', document: withResult({base: 'debian'})},
  {name: 'with a layer that is not there', document: withResult({layers: [1]})},
  {name: 'with a layer before the first', document: withResult({layers: [-1]})},
  {name: 'with half a layer', document: withResult({layers: [0.5]})},
  {name: 'of more layers than can be mounted', document: withResult({layers: Array(501).fill(0)})},
  {name: 'that took less than no time', document: withResult({duration: -1})},
  {name: 'made at no time', document: withResult({createdAt: 'yesterday'})},
  {name: 'whose layer is at no time', document: withLayer({createdAt: '2026-99-99T00:00:00Z'})},
  {name: 'whose layer is no blob of it', document: withLayer({blob: 7})},
  {name: 'whose layer has no diffID', document: withLayer({diffID: undefined})},
])('a shared cache $name is refused', ({document}) => {
  expect(() => read(document)).toThrow(expect.objectContaining({code: 'E_INVALID_DOCUMENT'}));
});
