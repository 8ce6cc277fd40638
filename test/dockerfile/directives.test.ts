import {expect, test} from 'vitest';
import {parseDirectives} from '../../src/dockerfile/directives.js';

test.each([
  {name: 'an escape that is neither backslash nor backtick', lines: ['# escape=x'], line: 1},
  {name: 'an escape of two characters', lines: ['# escape=\\\\'], line: 1},
  {name: 'a directive given twice', lines: ['# syntax=a', '# SYNTAX=b'], line: 2},
])('refuses $name', ({lines, line}) => {
  expect(() => parseDirectives(lines)).toThrow(
    expect.objectContaining({code: 'E_DOCKERFILE_PARSE', lines: {first: line, last: line}}),
  );
});

const nothing = {escape: '\\', syntax: undefined, check: undefined, lineCount: 0};

test.each([
  {name: 'after a comment', lines: ['# hello', '# escape=`'], found: {}},
  {name: 'after a blank line', lines: ['', '# escape=`'], found: {}},
  {name: 'after an unknown one', lines: ['# a=b', '# escape=`'], found: {}},
  {name: 'without a value', lines: ['# escape=', '# escape=`'], found: {}},
  {name: 'in an instruction', lines: ['FROM a # escape=`'], found: {}},
])('reads no directive $name', ({lines, found}) => {
  expect(parseDirectives(lines)).toEqual({...nothing, ...found});
});

test.each([
  {lines: ['#escape=`'], found: {escape: '`', lineCount: 1}},
  {lines: ['  #  EsCaPe  =  `  ', 'FROM a'], found: {escape: '`', lineCount: 1}},
  {
    lines: ['# syntax=docker/dockerfile:1 # x', '# check=skip=all', '# escape=\\'],
    found: {syntax: 'docker/dockerfile:1 # x', check: {text: 'skip=all', line: 2}, lineCount: 3},
  },
  {lines: ['#!/usr/bin/env tsbuild', '# escape=`'], found: {escape: '`', lineCount: 2}},
])('reads the directives of $lines', ({lines, found}) => {
  expect(parseDirectives(lines)).toEqual({...nothing, ...found});
});
