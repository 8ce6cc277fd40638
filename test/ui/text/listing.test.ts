import {expect, test} from 'vitest';
import {formatDocuments, formatRows, type Table} from '../../../src/ui/text/listing.js';

const table: Table = {
  headers: {Repository: 'REPOSITORY', Tag: 'TAG', ID: 'IMAGE ID'},
  fields: ['Repository', 'Tag', 'ID'],
};
const rows = [
  {Repository: 'hello', Tag: 'latest', ID: '804b0a01ea83'},
  {Repository: '10.24.2.30:5000/hello', Tag: '1.2', ID: '6d93c5b91703'},
];

test('without a format it is docker table', () => {
  expect(formatRows(rows, table)).toEqual([
    'REPOSITORY              TAG       IMAGE ID',
    'hello                   latest    804b0a01ea83',
    '10.24.2.30:5000/hello   1.2       6d93c5b91703',
  ]);
});

test('no rows leave the headers', () => {
  expect(formatRows([], table)).toEqual(['REPOSITORY   TAG       IMAGE ID']);
});

test.each([
  {format: '{{.Repository}}:{{.Tag}}', first: 'hello:latest'},
  {format: 'json', first: '{"Repository":"hello","Tag":"latest","ID":"804b0a01ea83"}'},
  {format: '{{json .}}', first: '{"Repository":"hello","Tag":"latest","ID":"804b0a01ea83"}'},
  {format: '{{json .Tag}}', first: '"latest"'},
  {format: '{{ .Tag | upper }}', first: 'LATEST'},
  {format: '{{upper (lower .Tag)}}', first: 'LATEST'},
  {format: '{{.Repository}}\\t{{.Tag}}', first: 'hello\tlatest'},
  {format: '{{if eq .Tag "latest"}}new{{else}}old{{end}}', first: 'new'},
  {format: 'a {{- .Tag -}} b', first: 'alatestb'},
  {format: '{{"}}"}}', first: '}}'},
  {format: 'plain', first: 'plain'},
])('format $format', ({format, first}) => {
  expect(formatRows(rows, table, format)[0]).toBe(first);
});

test('a table of a template has headers and columns', () => {
  expect(formatRows(rows, table, 'table {{.Tag}}\\t{{.ID}}')).toEqual([
    'TAG       IMAGE ID',
    'latest    804b0a01ea83',
    '1.2       6d93c5b91703',
  ]);
});

test.each([
  '{{.Nope}}',
  '{{.__proto__}}',
  '{{.constructor}}',
  '{{',
  '}}',
  '{{.Tag',
  '{{nope .Tag}}',
  '{{constructor .Tag}}',
  '{{end}}',
  '{{range .Tag}}',
  '{{}}',
  '{{$x := .Tag}}',
  '{{(.Tag}}',
  '{{.Tag)}}',
])('%s is refused', (format) => {
  expect(() => formatRows(rows, table, format)).toThrow(
    expect.objectContaining({code: 'E_FORMAT'}),
  );
});

const image = {
  Id: 'sha256:abc',
  RepoTags: ['hello:latest', 'hello:1'],
  Config: {Env: ['A=1', 'B=2'], Labels: {'a.b': 'c', z: 'y'}, Cmd: null},
};

test.each([
  {format: '{{.Id}}', text: 'sha256:abc'},
  {format: '{{json .Config.Env}}', text: '["A=1","B=2"]'},
  {format: '{{.Config.Env}}', text: '[A=1 B=2]'},
  {format: '{{.Config.Labels}}', text: 'map[a.b:c z:y]'},
  {format: '{{index .RepoTags 0}}', text: 'hello:latest'},
  {format: '{{index .Config.Labels "a.b"}}', text: 'c'},
  {format: '{{index .Config.Labels "nope"}}', text: ''},
  {format: '{{.Config.Cmd}} {{.Config.Nope}}', text: '[] <no value>'},
  {format: '{{join .RepoTags ", "}}', text: 'hello:latest, hello:1'},
  {format: '{{len .RepoTags}}', text: '2'},
  {format: '{{range .Config.Env}}{{println .}}{{end}}', text: 'A=1\nB=2\n'},
  {format: '{{range .Config.Cmd}}x{{else}}none{{end}}', text: 'none'},
  {format: '{{.Nope.Deeper}}', text: '<no value>'},
])('a document with $format', ({format, text}) => {
  expect(formatDocuments([image], format)).toBe(text);
});

test('documents without a format are indented JSON', () => {
  expect(formatDocuments([{a: 1}], undefined)).toBe('[\n    {\n        "a": 1\n    }\n]');
});
