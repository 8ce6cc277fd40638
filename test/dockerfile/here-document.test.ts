import fc from 'fast-check';
import {expect, test} from 'vitest';
import {contentOf, parseOpening} from '../../src/dockerfile/here-document.js';
import {readLogicalLines} from '../../src/dockerfile/logical-lines.js';

test.each([
  '',
  'EOF',
  '<<',
  '<<-',
  '<EOF',
  '<<<EOF',
  '<<EOF sh',
  "<<'EOF",
  '<<"EOF',
  "<<EOF'",
  '<<""',
])('%j opens none', (word) => {
  expect(parseOpening(word)).toBeUndefined();
});

test.each([
  {word: '<<EOF', name: 'EOF', expand: true, stripTabs: false},
  {word: "<<'EOF'", name: 'EOF', expand: false, stripTabs: false},
  {word: '<<-"EOF"', name: 'EOF', expand: false, stripTabs: true},
  {word: '<<EO"F"', name: 'EOF', expand: false, stripTabs: false},
  {word: '<<- EOF', name: 'EOF', expand: true, stripTabs: true},
  {word: '<< -EOF', name: '-EOF', expand: true, stripTabs: false},
  {word: '12<<EOF', name: 'EOF', expand: true, stripTabs: false},
  {word: "<<eo\\'f", name: "eo'f", expand: true, stripTabs: false},
  {word: "<<'e'o\\'f", name: "eo'f", expand: false, stripTabs: false},
  {word: "<<'one two'", name: 'one two', expand: false, stripTabs: false},
  {word: '<<"a\\"b"', name: 'a"b', expand: false, stripTabs: false},
  {word: '<<$EOF', name: '$EOF', expand: true, stripTabs: false},
])('$word opens $name', ({word, ...opening}) => {
  expect(parseOpening(word)).toEqual(opening);
});

test.each([
  ['RUN cat <<A <<"B"', ['A', 'B']],
  ['RUN << EOF', ['EOF']],
  ['RUN cat <<A> /x', ['A>']],
  ['ADD --chown=1 <<A b <<C /', ['A', 'C']],
  ['ONBUILD COPY <<A /', ['A']],
  ['onbuild run <<A', ['A']],
  ['RUN "<<A" \'<<B\' \\<<C <<<D <E', []],
  ['RUN ["cat", "<<A"]', []],
  ["RUN it's <<A", []],
  ['RUN ${x <<A', []],
  ['ENV <<A', []],
  ['HEALTHCHECK CMD <<A', []],
])('%s opens %j', (line, names) => {
  const text = ['FROM a', line, ...names, 'CMD b'].join('\n');
  const [, read, after] = readLogicalLines(text).instructions;
  expect(read?.hereDocuments.map(({name}) => name)).toEqual(names);
  expect(after?.text).toBe('CMD b');
});

const line = fc.string({
  unit: fc.constantFrom('\t', ' ', 'E', 'O', 'F', '#', '\\', '$', '\r'),
  maxLength: 6,
});
const isEnd = (text: string) => text.replace(/\r+$/, '').replace(/^\t+/, '') === 'EOF';
const body = fc.array(
  line.filter((text) => !isEnd(text)),
  {maxLength: 6},
);

test('what stands between is the text as written, whatever it looks like', () => {
  fc.assert(
    fc.property(body, body, fc.constantFrom('\n', '\r\n'), (first, second, end) => {
      const lines = [
        'FROM a',
        'RUN x <<EOF \\',
        '# comment',
        ' y <<EOF',
        ...first,
        'EOF',
        ...second,
        'EOF',
        'CMD b',
      ];
      const {instructions} = readLogicalLines(lines.join(end));
      const content = (written: readonly string[]) => written.map((text) => text + end).join('');
      expect(instructions[1]?.hereDocuments.map((each) => each.content)).toEqual([
        content(first),
        content(second),
      ]);
      expect(instructions[2]?.lines).toEqual({first: lines.length, last: lines.length});
    }),
  );
});

test('the tabs that <<- ignores are those at the start of lines', () => {
  fc.assert(
    fc.property(body, (written) => {
      const text = ['FROM a', 'COPY <<-EOF /x', ...written, '\t\tEOF'].join('\n');
      const [document] = readLogicalLines(text).instructions[1]?.hereDocuments ?? [];
      const expected = written.map((each) => `${each.replace(/^\t+/, '')}\n`).join('');
      expect(document && contentOf(document)).toBe(expected);
    }),
  );
});
