import {expect, test} from 'vitest';
import {csvFields} from '../../src/base/csv-fields.js';

test.each([
  {name: 'a quote that nothing closes', line: 'type=oci,"dest=a'},
  {name: 'a quote inside a bare field', line: 'dest=a"b'},
  {name: 'text after a closing quote', line: '"a"b,c'},
  {name: 'a line that ends inside', line: 'a,b\nc'},
])('refuses $name', ({line}) => {
  expect(csvFields(line)).toBeUndefined();
});

test.each([
  {line: '', fields: ['']},
  {line: 'out', fields: ['out']},
  {line: 'type=oci,dest=a.tar', fields: ['type=oci', 'dest=a.tar']},
  {line: 'type=oci,"dest=a,b.tar",x=', fields: ['type=oci', 'dest=a,b.tar', 'x=']},
  {line: '"a ""quoted"" word"', fields: ['a "quoted" word']},
  {line: ',,', fields: ['', '', '']},
  {line: '"a\nb"', fields: ['a\nb']},
])('reads $line', ({line, fields}) => {
  expect(csvFields(line)).toEqual(fields);
});
