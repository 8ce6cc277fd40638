import {expect, test} from 'vitest';
import {parseGitContext, parseGitSource} from '../../src/remote/git/git-source.js';

test.each([
  '--upload-pack=touch /tmp/x',
  'ext::sh -c id',
  'file:///srv/x.git',
  '/srv/x.git',
  './x.git',
  'http://host/x',
  'https://host/x.tar.gz?y=.git',
  'https://host/file.git/x',
  'ftp://host/x.git',
  'a/b@c',
  'user@host',
])('no repository is meant: %s', (text) => {
  expect(parseGitSource(text)).toBeUndefined();
});

test.each([
  {text: 'ssh://-oProxyCommand=id/x.git', problem: 'host'},
  {text: 'user@-host:x', problem: 'host'},
  {text: 'https:///x.git', problem: /URL|host/},
  {text: 'https://h/x.git#--upload-pack=id', problem: 'no such ref'},
  {text: 'https://h/x.git#a..b', problem: 'no such ref'},
  {text: 'https://h/x.git#:../../etc', problem: 'directory of the repository'},
  {text: 'https://h/x.git#:a/.git/hooks', problem: 'directory of the repository'},
  {text: 'https://h/x.git?nope=1', problem: 'unexpected query'},
  {text: 'https://h/x.git?ref=a&ref=b', problem: 'multiple values'},
  {text: 'https://h/x.git?tag=', problem: 'no value'},
  {text: 'https://h/x.git?tag=a&branch=b', problem: 'conflicts'},
  {text: 'https://h/x.git?ref=a#b', problem: 'conflicts'},
  {text: 'https://h/x.git?commit=zzz', problem: 'commit id'},
  {text: 'https://h/x.git?submodules=maybe', problem: 'submodules'},
  {text: 'https://h/x.git?mtime=never', problem: 'mtime'},
  {text: 'https://h/a b.git', problem: 'blanks'},
])('$text is refused', ({text, problem}) => {
  expect(() => parseGitSource(text)).toThrow(problem);
});

const plain = {keepGitDir: false, submodules: true, mtime: 'checkout'};

test.each([
  {text: 'https://h/x.git', source: {remote: 'https://h/x.git'}},
  {text: 'http://u:p@h:81/a/x.git#v1', source: {remote: 'http://u:p@h:81/a/x.git', ref: 'v1'}},
  {text: 'git://h/x#main:a//./b/', source: {remote: 'git://h/x', ref: 'main', subdir: 'a/b'}},
  {text: 'git@h:a/x.git#:dir', source: {remote: 'git@h:a/x.git', subdir: 'dir'}},
  {text: 'ssh://git@h:22/x', source: {remote: 'ssh://git@h:22/x'}},
  {text: 'https://h/x.git?tag=v1', source: {remote: 'https://h/x.git', ref: 'refs/tags/v1'}},
  {
    text: 'https://h/x.git?branch=b&subdir=d',
    source: {remote: 'https://h/x.git', ref: 'refs/heads/b', subdir: 'd'},
  },
  {
    text: 'https://h/x.git?commit=0123456789',
    source: {remote: 'https://h/x.git', ref: '0123456789', checksum: '0123456789'},
  },
  {
    text: 'https://h/x.git?keep-git-dir&submodules=false&mtime=commit',
    source: {remote: 'https://h/x.git', keepGitDir: true, submodules: false, mtime: 'commit'},
  },
])('$text', ({text, source}) => {
  expect(parseGitSource(text)).toEqual({...plain, ...source});
});

test('as a context github.com is enough', () => {
  expect(parseGitSource('github.com/a/b')).toBeUndefined();
  expect(parseGitContext('github.com/a/b#v1:d')).toEqual({
    ...plain,
    remote: 'https://github.com/a/b.git',
    ref: 'v1',
    subdir: 'd',
  });
});

test('a refusal does not tell the password of the address', () => {
  const refused = () => parseGitContext('https://user:secret@host/x.git#--upload-pack=id');
  expect(refused).toThrow('https://xxxxx:xxxxx@host/x.git');
});
