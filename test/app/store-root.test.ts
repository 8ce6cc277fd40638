import {userInfo} from 'node:os';
import {expect, test} from 'vitest';
import {storeRoot} from '../../src/app/store-root.js';

/** As the launcher tells it to an ordinary user's process. */
const TSBUILD_NAMESPACE = `${process.pid}:subids`;
const believed = `${userInfo().homedir}/.local/share/tsbuild`;

test.each([
  {env: {HOME: '/home/me'}, root: '/home/me/.local/share/tsbuild'},
  {env: {HOME: '/home/me', XDG_DATA_HOME: '/data'}, root: '/data/tsbuild'},
  {env: {HOME: '/home/me', XDG_DATA_HOME: 'data'}, root: '/home/me/.local/share/tsbuild'},
  {env: {HOME: 'here'}, root: believed},
  {env: {HOME: ''}, root: believed},
  {env: {}, root: believed},
  {env: {HOME: '/home/me', TSBUILD_ROOT: 'chosen'}, root: 'chosen'},
])('the store of $env is no matter of where one stands, unless that is chosen', ({env, root}) => {
  expect(storeRoot({...env, TSBUILD_NAMESPACE})).toBe(root);
});
