import {expect, test} from 'vitest';
import {parseCall} from '../../../src/ui/call/call-option.js';

test.each(['', 'lint', 'check,format=xml', 'check,ignorestatus=maybe', 'check,other=1', '"check'])(
  '--call refuses %j',
  (text) => {
    expect(() => parseCall(text)).toThrow(expect.objectContaining({code: 'E_USAGE'}));
  },
);

test.each([
  {text: 'check', want: {method: 'check', format: 'text', ignoreStatus: false}},
  {text: 'method=outline,format=json', want: {method: 'outline', format: 'json'}},
  {text: 'check,ignorestatus=true', want: {ignoreStatus: true}},
  {text: 'check,ignorestatus', want: {ignoreStatus: true}},
  {text: 'check,ignorestatus=false', want: {ignoreStatus: false}},
])('--call reads $text', ({text, want}) => {
  expect(parseCall(text)).toMatchObject(want);
});
