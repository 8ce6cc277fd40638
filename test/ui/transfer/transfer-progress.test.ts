/** What a pull and a push say on the way, to a file and to a terminal. */
import {expect, test} from 'vitest';
import type {TransferEvent} from '../../../src/app/registry/transfer-event.js';
import {digestOf} from '../../../src/oci/digest.js';
import {MediaType} from '../../../src/oci/media-type.js';
import {parseReference} from '../../../src/oci/reference.js';
import {transferProgress} from '../../../src/ui/transfer/transfer-progress.js';

const descriptor = (text: string, mediaType: string = MediaType.layerGzip) => ({
  mediaType,
  digest: digestOf(text),
  size: 2_000_000,
});
const [one, two, three] = ['1', '2', '3'].map((text) => descriptor(text));
const config = descriptor('c', MediaType.config);
const short = (text: string) => digestOf(text).slice(7, 19);
const retry = {attempt: 1, error: new Error('reset'), wait: 1500};

const pulled: readonly TransferEvent[] = [
  {kind: 'pulling', reference: parseReference('python:3.11-slim')},
  {kind: 'skipped', place: 'http://10.24.2.30:5000', reason: 'answered 500'},
  {kind: 'exists', target: one!},
  {kind: 'started', target: two!},
  {kind: 'progress', target: two!, done: 1_000_000},
  {kind: 'retry', place: 'https://r.example', retry},
  {kind: 'finished', target: two!},
  {kind: 'started', target: config},
  {kind: 'finished', target: config},
  {kind: 'warning', warning: 'odd'},
];

const pushed: readonly TransferEvent[] = [
  {kind: 'pushing', reference: parseReference('10.24.2.30:5000/hello')},
  {kind: 'packing', target: descriptor('p', MediaType.layer)},
  {kind: 'packed', target: descriptor('p', MediaType.layer)},
  {kind: 'exists', target: one!},
  {kind: 'started', target: two!},
  {kind: 'mounted', target: two!, from: 'team/base'},
  {kind: 'finished', target: two!},
  {kind: 'started', target: three!},
  {kind: 'finished', target: three!},
];

function shown(events: readonly TransferEvent[], {quiet = false, isTTY = false} = {}): string {
  let text = '';
  const write = (more: string) => {
    text += more;
    return true;
  };
  const progress = transferProgress(quiet, {write, isTTY, columns: 60} as never);
  for (const event of events) progress.on(event);
  progress.end();
  progress.end();
  return text;
}

test('a pull is told as docker tells it, with what went wrong on the way', () => {
  expect(shown(pulled).split('\n')).toEqual([
    '3.11-slim: Pulling from python',
    'http://10.24.2.30:5000 skipped: answered 500',
    `${short('1')}: Already exists`,
    'https://r.example: attempt 1 failed, again in 1.5 s: reset',
    `${short('2')}: Pull complete`,
    'warning: odd',
    '',
  ]);
});

test('a push is told as docker tells it', () => {
  expect(shown(pushed).split('\n')).toEqual([
    'The push refers to repository [10.24.2.30:5000/hello]',
    `${short('p')}: Compressing 2MB`,
    `${short('1')}: Layer already exists`,
    `${short('2')}: Mounted from team/base`,
    `${short('3')}: Pushed`,
    '',
  ]);
});

test('quiet tells what went wrong, and nothing else', () => {
  expect(shown(pulled, {quiet: true}).split('\n')).toHaveLength(4);
  expect(shown(pushed, {quiet: true})).toBe('');
});

test('a terminal shows a bar for each layer that moves, within its width, and in the end the same lines', () => {
  const text = shown(pulled.slice(0, 5), {isTTY: true});
  expect(text).toMatch(new RegExp(`${short('2')}: \\[>?`));
  const picture = shown(pulled, {isTTY: true});
  for (const line of picture.split('\n')) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what terminals are told with
    expect(line.replaceAll(/\x1b\[[?\d]*[a-zA-Z]|\r/g, '').length).toBeLessThanOrEqual(61);
  }
  expect(picture).toContain('Pull complete');
  // what a container writes next begins where a cursor is seen, and stays
  expect(shown([], {isTTY: true})).toBe('');
  const pulledAll = shown([...pulled, {kind: 'warning', warning: 'last'}], {isTTY: true});
  expect(pulledAll.endsWith('warning: last\n')).toBe(true);
  expect(pulledAll.lastIndexOf('\x1b[?25h')).toBeGreaterThan(pulledAll.lastIndexOf('\x1b[?25l'));
});
