/** Why lines and values are not taken from dockerfile-ast: each row shows it reading what docker does not. */
import {DockerfileParser} from 'dockerfile-ast';
import {expect, test} from 'vitest';
import {readLogicalLines} from '../../src/dockerfile/logical-lines.js';
import {readStatement} from '../../src/dockerfile/statement.js';

const differences = [
  {name: 'two escapes end a line', text: 'RUN a \\\\\nRUN b', keywords: ['RUN', 'RUN']},
  {
    name: 'an unknown directive comes first',
    text: '# a=b\n# escape=`\nRUN a `\nUSER b',
    keywords: ['RUN', 'USER'],
  },
  {name: 'a comment stands inside a keyword', text: 'RU\\\n# c\nN a', keywords: ['RUN']},
  {
    name: 'an escape stands alone before an instruction',
    text: 'USER a\n\\\nRUN b',
    keywords: ['USER', 'RUN'],
  },
];

test.each(differences)('we follow docker where $name', ({text, keywords}) => {
  const {directives, instructions} = readLogicalLines(text);
  const ours = instructions.map((line) => readStatement(line, directives.escape).keyword);
  expect(ours).toEqual(keywords);
});

test.each(differences)('dockerfile-ast does not where $name', ({text, keywords}) => {
  const theirs = DockerfileParser.parse(text)
    .getInstructions()
    .map((each) => each.getKeyword());
  expect(theirs).not.toEqual(keywords);
});
