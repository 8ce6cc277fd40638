import {expect, test} from 'vitest';
import {descriptionOf} from '../../src/dockerfile/description.js';
import {ruleURL} from '../../src/dockerfile/lint/rule-url.js';

test.each([
  {name: 'no comment', comments: [], want: undefined},
  {name: 'a comment about something else', comments: ['OTHER is this'], want: undefined},
  {name: 'the name alone', comments: ['NAME'], want: undefined},
  {name: 'a name that only begins so', comments: ['NAMES are many'], want: undefined},
  {name: 'the name in another case', comments: ['name is this'], want: undefined},
  {name: 'one line', comments: ['NAME is this  '], want: 'is this'},
  {name: 'a line among others', comments: ['about', 'NAME is this', 'and more'], want: 'is this'},
])('$name describes it as $want', ({comments, want}) => {
  expect(descriptionOf(['NAME', undefined], comments)).toBe(want);
});

test.each([
  {rule: 'StageNameCasing', page: 'stage-name-casing'},
  {rule: 'JSONArgsRecommended', page: 'json-args-recommended'},
  {rule: 'SecretsUsedInArgOrEnv', page: 'secrets-used-in-arg-or-env'},
])('$rule is explained at $page', ({rule, page}) => {
  expect(ruleURL(rule)).toBe(`https://docs.docker.com/go/dockerfile/rule/${page}/`);
});
