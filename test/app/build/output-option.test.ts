import {expect, test} from 'vitest';
import {parseAnnotation} from '../../../src/app/build/annotation-option.js';
import {buildOutputs, withStore, writeToStdout} from '../../../src/app/build/build-outputs.js';
import {parseOutput} from '../../../src/app/build/output-option.js';

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
  {name: 'an epoch that is none', options: ['type=tar,source-date-epoch=now'], code: OPTION},
  {
    name: 'rewriting of what is no image',
    options: ['type=local,dest=o,rewrite-timestamp=true'],
    code: OPTION,
  },
  {name: 'an annotation of an index', options: ['type=oci,annotation-index.a=b'], code: OPTION},
  {
    name: 'an annotation of nothing known',
    options: ['type=oci,annotation-layer.a=b'],
    code: OPTION,
  },
  {name: 'an annotation without a key', options: ['type=oci,annotation.=b'], code: OPTION},
  {name: 'a compression nobody writes', options: ['type=oci,compression=estargz'], code: OPTION},
  {name: 'a level that is none', options: ['type=oci,compression-level=best'], code: OPTION},
  {name: 'a level beyond gzip', options: ['type=oci,compression-level=10'], code: OPTION},
  {
    name: 'a level below zstd',
    options: ['type=oci,compression=zstd,compression-level=0'],
    code: OPTION,
  },
  {
    name: 'a level of nothing',
    options: ['type=oci,compression=uncompressed,compression-level=1'],
    code: OPTION,
  },
  {
    name: 'zstd by docker names',
    options: ['type=docker,dest=/tmp/a,compression=zstd,oci-mediatypes=false'],
    code: OPTION,
  },
  {name: 'compression of files', options: ['type=tar,compression=gzip'], code: OPTION},
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

test.each([
  {text: 'a=b', wanted: [{on: 'manifest', key: 'a', value: 'b'}]},
  {text: 'a=', wanted: [{on: 'manifest', key: 'a', value: ''}]},
  {text: 'a=b:c=d', wanted: [{on: 'manifest', key: 'a', value: 'b:c=d'}]},
  {
    text: 'manifest,manifest-descriptor[linux/arm64]:org.a=b',
    wanted: [
      {on: 'manifest', key: 'org.a', value: 'b'},
      {
        on: 'manifest-descriptor',
        platform: {os: 'linux', architecture: 'arm64'},
        key: 'org.a',
        value: 'b',
      },
    ],
  },
])('--annotation $text', ({text, wanted}) => {
  expect(parseAnnotation(text)).toEqual(wanted);
});

test.each([
  {text: 'a', problem: 'want KEY=VALUE'},
  {text: '=b', problem: 'without a key'},
  {text: 'manifest:=b', problem: 'without a key'},
  {text: 'index:a=b', problem: 'images of several platforms'},
  {text: 'manifest,index-descriptor:a=b', problem: 'images of several platforms'},
  {text: 'layer:a=b', problem: 'got "layer"'},
  {text: 'manifest[linux:a=b', problem: 'got "manifest[linux"'},
  {text: ',:a=b', problem: 'got ""'},
])('--annotation refuses $text', ({text, problem}) => {
  expect(() => parseAnnotation(text)).toThrow(problem);
});

test.each([
  {options: [], stored: []},
  {options: ['type=image'], stored: ['type=image']},
  {options: ['type=docker'], stored: ['type=docker']},
  {options: ['out'], stored: ['out', 'type=docker']},
  {options: ['type=docker,dest=a'], stored: ['type=docker,dest=a', 'type=docker']},
])('--load with $options makes the store one of the outputs', ({options, stored}) => {
  expect(withStore(options)).toEqual(stored);
});
