import {expect, test} from 'vitest';
import {HttpStatusError} from '../../src/http/errors.js';
import {type Retry, retryAfter, retrying} from '../../src/http/retry.js';

const url = new URL('https://registry.example/v2/');
const refusal = (status: number, after?: number) =>
  new HttpStatusError({method: 'GET', url, status}, {retryAfter: after});
const policy = {attempts: 4, delay: 1};

test.each([
  {status: 400, attempts: 1},
  {status: 401, attempts: 1},
  {status: 403, attempts: 1},
  {status: 404, attempts: 1},
  {status: 501, attempts: 1},
  {status: 408, attempts: 4},
  {status: 429, attempts: 4},
  {status: 500, attempts: 4},
  {status: 503, attempts: 4},
])('status $status is tried $attempts times', async ({status, attempts}) => {
  let count = 0;
  const attempt = async () => {
    count++;
    throw refusal(status);
  };
  await expect(retrying(attempt, {policy})).rejects.toMatchObject({status});
  expect(count).toBe(attempts);
});

test('waits grow threefold, within a half to either side', async () => {
  const waits: number[] = [];
  const attempt = async () => {
    throw refusal(503);
  };
  const onRetry = ({wait}: Retry) => waits.push(wait);
  await expect(retrying(attempt, {policy: {attempts: 4, delay: 10}, onRetry})).rejects.toThrow();
  for (const [index, middle] of [10, 30, 90].entries()) {
    expect(waits[index]).toBeGreaterThanOrEqual(middle / 2);
    expect(waits[index]).toBeLessThanOrEqual(middle * 1.5 + 1);
  }
});

test('a server that says when is heeded', async () => {
  const waits: number[] = [];
  const attempt = async (number: number) => {
    if (number === 1) throw refusal(429, 20);
    return 'done';
  };
  const onRetry = ({wait}: Retry) => waits.push(wait);
  expect(await retrying(attempt, {policy, onRetry})).toBe('done');
  expect(waits).toEqual([20]);
});

test('a bug is not tried again', async () => {
  let count = 0;
  const attempt = async () => {
    count++;
    throw new TypeError('no');
  };
  await expect(retrying(attempt, {policy})).rejects.toThrow(TypeError);
  expect(count).toBe(1);
});

test.each([
  {header: null, wait: undefined},
  {header: 'soon', wait: undefined},
  {header: '120', wait: 120_000},
  {header: 'Thu, 01 Jan 1970 00:01:00 GMT', wait: 30_000},
  {header: 'Thu, 01 Jan 1970 00:00:10 GMT', wait: 0},
])('Retry-After $header is $wait ms', ({header, wait}) => {
  expect(retryAfter(header, 30_000)).toBe(wait);
});
