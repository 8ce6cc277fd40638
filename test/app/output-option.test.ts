import {expect, test} from 'vitest';
import {buildOutputs, writeToStdout} from '../../src/app/build-outputs.js';
import {parseOutput} from '../../src/app/output-option.js';

const OPTION = 'E_INVALID_OPTION';
const PLACE = 'E_OUTPUT_PLACE';

test.each([
  {name: 'nothing', options: [''], code: OPTION},
  {name: 'an unclosed quote', options: ['type=oci,"dest=a'], code: OPTION},
  {name: 'a field without a value', options: ['type=oci,dest'], code: OPTION},
  {name: 'no type', options: ['dest=a.tar,name=x'], code: OPTION},
  {name: 'an empty type', options: ['type='], code: OPTION},
  {name: 'a type that nobody has', options: ['type=zip,dest=/tmp/a'], code: OPTION},
  {name: 'an attribute the type has not', options: ['type=image,tar=false'], code: OPTION},
  {name: 'a dest for the store', options: ['type=image,dest=/tmp/a'], code: OPTION},
  {name: 'an attribute of nothing', options: ['type=cacheonly,dest=/tmp/a'], code: OPTION},
  {name: 'a truth that is none', options: ['type=image,oci-mediatypes=perhaps'], code: OPTION},
  {name: 'a name that is none', options: ['type=image,name=UPPER'], code: 'E_INVALID_REFERENCE'},
  {name: 'a layout on stdout', options: ['type=oci,tar=false'], code: OPTION},
  {name: 'a directory without a name', options: ['type=local'], code: OPTION},
  {name: 'a mode that is none', options: ['type=local,dest=out,mode=mirror'], code: OPTION},
  {name: 'to empty where one stands', options: ['type=local,dest=.,mode=delete'], code: OPTION},
  {
    name: 'to empty what lies elsewhere',
    options: ['type=local,dest=out/../../x,mode=delete'],
    code: OPTION,
  },
  {
    name: 'one place for two',
    options: ['type=oci,dest=/tmp/a', 'type=docker,dest=/tmp/./a'],
    code: OPTION,
  },
  {name: 'stdout for two', options: ['type=oci,dest=-', 'type=docker,dest=-'], code: OPTION},
  {name: 'a directory for a file', options: ['type=oci,dest=/tmp'], code: PLACE},
  {name: 'a file for a directory', options: ['type=oci,tar=false,dest=/etc/passwd'], code: PLACE},
  {name: 'a path below a file', options: ['type=oci,tar=false,dest=/etc/passwd/a'], code: PLACE},
  {name: 'a file in no directory', options: ['type=oci,dest=/no/such/directory/a'], code: PLACE},
  {name: 'a file where none can be', options: ['type=oci,dest=/proc/self/a'], code: PLACE},
])('--output refuses $name before anything is built', ({options, code}) => {
  expect(() => buildOutputs(options)).toThrow(expect.objectContaining({code}));
});

test.each([
  {text: 'out', want: {type: 'local', destination: 'out'}},
  {text: '-', want: {type: 'tar', destination: '-'}},
  {text: 'type=oci', want: {type: 'oci', destination: '-'}},
  {text: 'type=docker', want: {type: 'docker', destination: undefined}},
  {text: 'type=image', want: {type: 'image', destination: undefined}},
  {text: 'TYPE=oci, Dest=a b ', want: {type: 'oci', destination: 'a b '}},
])('--output reads $text', ({text, want}) => {
  expect(parseOutput(text)).toMatchObject(want);
});

test('without --output the image goes to the store', () => {
  expect(buildOutputs([]).map(({type}) => type)).toEqual(['image']);
});

test.each([
  {options: [], taken: false},
  {options: ['out', 'type=oci,dest=a.tar'], taken: false},
  {options: ['type=image', 'type=oci'], taken: true},
  {options: ['-'], taken: true},
])('stdout is taken by $options: $taken', ({options, taken}) => {
  expect(writeToStdout(options)).toBe(taken);
});
