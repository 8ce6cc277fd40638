import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';

describe.each(testUserNames)('here-documents, as %s', (user) => {
  test('run in the shell, as a file of their own, and become files with the mode and owner asked for', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: `FROM busybox
ARG WHO=world
RUN <<-EOF
	echo "$WHO" > /shell
		echo \${WHO}s >> /shell
	EOF
RUN <<run.awk
#!/bin/awk -f
BEGIN { print "by awk" > "/script"
  while (getline line < "/proc/mounts") if (line ~ "/dev/pipes .* ro,") print "read-only" >> "/script" }
run.awk
RUN cat <<A - <<'B' > /both
$WHO
A
never $WHO
B
ADD --chown=5:6 --chmod=640 a <<greeting /made/
hello $WHO, \\$WHO
greeting
COPY <<first <<'second' /overwritten
1
first
2
second
`,
      a: 'of the context\n',
    });
    await place.build(files, 'documents');
    const shell = `cat /shell /script /both /overwritten /made/*
stat -c '%n %a %u:%g' /made/*; ls /dev/pipes`;
    const {stdout} = await place.run(['run', '--rm', 'documents', 'sh', '-c', shell]);
    expect(stdout.trim().split('\n')).toEqual([
      ...['world', 'worlds', 'by awk', 'read-only', 'never $WHO', '2'],
      ...['of the context', 'hello world, $WHO'],
      ...['/made/a 640 5:6', '/made/greeting 640 5:6'],
    ]);
  });

  test('a changed text runs its own step again, and one that makes the same file stops there', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const dockerfile = (script: string, text: string) => `FROM busybox
RUN <<make
#!/bin/sh
${script}
make
COPY <<text /text
${text}
text
RUN wc -c < /text > /size
`;
    const files = place.context({Dockerfile: dockerfile('echo one > /one', 'short')});
    const states = async (script: string, text: string) => {
      place.write(`${files}/Dockerfile`, dockerfile(script, text));
      const {steps} = await place.build(files, 'keys');
      return steps.filter(({name}) => /RUN|COPY/.test(name)).map(({state}) => state);
    };
    expect(await states('echo one > /one', 'short')).toEqual(['done', 'done', 'done']);
    expect(await states('echo one > /one', 'short')).toEqual(['cached', 'cached', 'cached']);
    expect(await states('echo one >> /one', 'short')).toEqual(['done', 'cached', 'cached']);
    expect(await states('echo one > /one', 'longer')).toEqual(['cached', 'done', 'done']);
  });
});
