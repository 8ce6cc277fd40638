import {expect, test} from 'vitest';
import {parseMount} from '../../../src/app/container/mount-option.js';

test.each([
  {text: '', why: 'nothing'},
  {text: 'type=bind,source=/h', why: 'no target'},
  {text: 'type=bind,source=/h,target=data', why: 'a relative target'},
  {text: 'type=bind,source=/h,target=/a/..', why: 'the root as target'},
  {text: 'type=bind,target=/d', why: 'a bind without a source'},
  {text: 'type=npipe,source=a,target=/d', why: 'an unknown type'},
  {text: 'type=bind,source=/h,target=/d,exec', why: 'an unknown word'},
  {text: 'type=bind,source=/h,target=/d,volume-nocopy', why: "a volume's option with a bind"},
  {text: 'type=bind,source=/h,target=/d,ro=maybe', why: 'neither true nor false'},
  {text: 'type=bind,source=/h,target=/d,bind-propagation=up', why: 'an unknown propagation'},
  {text: 'type=bind,source=/h,target=/d,bind-recursive=readonly', why: 'a writable read-only'},
  {text: 'type=volume,source=../h,target=/d', why: 'a path as name of a volume'},
  {text: 'target=/d,volume-subpath=x', why: 'a part of a volume without a name'},
  {text: 'source=v,target=/d,volume-driver=nfs', why: "another's driver"},
  {text: 'type=tmpfs,source=/h,target=/d', why: 'a source of memory'},
  {text: 'type=tmpfs,target=/d,tmpfs-size=much', why: 'a size that is none'},
  {text: 'type=tmpfs,target=/d,tmpfs-mode=999', why: 'a mode that is not octal'},
  {text: 'type=tmpfs,"target=/d', why: 'a quote that is left open'},
])('--mount refuses $why: $text', ({text}) => {
  expect(() => parseMount(text, '/here')).toThrow(
    expect.objectContaining({code: expect.stringMatching(/^E_INVALID_(RUN_)?OPTION$/)}),
  );
});

test.each([
  {
    text: 'type=bind,source=src,target=/app/',
    want: {
      kind: 'bind',
      source: '/here/src',
      destination: '/app',
      readonly: false,
      propagation: 'rprivate',
      create: false,
      below: 'as it is above',
    },
  },
  {
    text: 'Type=bind,src=/h,dst=/d,ro,bind-propagation=rslave,bind-recursive=writable',
    want: {kind: 'bind', readonly: true, propagation: 'rslave', below: 'writable'},
  },
  {
    text: 'type=bind,"src=/a,b",target=/d,readonly=false,bind-nonrecursive,consistency=cached',
    want: {kind: 'bind', source: '/a,b', readonly: false, below: 'absent'},
  },
  {
    text: 'source=data,target=/d,volume-nocopy,volume-subpath=a/b,readonly',
    want: {kind: 'named', name: 'data', copy: false, subpath: 'a/b', readonly: true},
  },
  {
    text: 'type=volume,destination=/d',
    want: {kind: 'anonymous', destination: '/d', readonly: false, copy: true},
  },
  {
    text: 'type=tmpfs,target=/t,tmpfs-size=64m,tmpfs-mode=1770,ro',
    want: {kind: 'tmpfs', destination: '/t', options: ['size=67108864', 'mode=1770', 'ro']},
  },
])('--mount understands $text', ({text, want}) => {
  expect(parseMount(text, '/here')).toMatchObject(want);
});
