import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {defaultProxies} from '../../../src/app/machine/default-proxies.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

async function proxiesOf(config: object | undefined, given: readonly string[] = []) {
  await using folder = temporaryFolder();
  if (config !== undefined)
    writeFileSync(join(folder.path, 'config.json'), JSON.stringify(config, null, 1));
  return await defaultProxies(given, {DOCKER_CONFIG: folder.path});
}

test.each([
  {proxies: 'p', problem: 'want an object'},
  {proxies: {default: ['p']}, problem: 'want an object'},
  {proxies: {default: {httpProxy: 3128}}, problem: 'want a string'},
])('config.json whose proxies are $proxies is refused', async ({proxies, problem}) => {
  await expect(proxiesOf({proxies})).rejects.toMatchObject({
    code: 'E_CONFIG_FILE',
    message: expect.stringContaining(problem),
  });
});

const both = {httpProxy: 'http://p:3128', noProxy: 'localhost,.example'};

test.each([
  {name: 'no config.json', config: undefined, given: [], want: []},
  {name: 'a config.json that names none', config: {auths: {}}, given: [], want: []},
  {
    name: "another daemon's proxies",
    config: {proxies: {'tcp://10.0.0.1:2376': both}},
    given: [],
    want: [],
  },
  {name: 'an empty value', config: {proxies: {default: {ftpProxy: ''}}}, given: [], want: []},
  {
    name: 'two proxies',
    config: {proxies: {default: both}},
    given: [],
    want: [
      'HTTP_PROXY=http://p:3128',
      'http_proxy=http://p:3128',
      'NO_PROXY=localhost,.example',
      'no_proxy=localhost,.example',
    ],
  },
  {
    name: 'one that was given, in lower case and empty, and one by its name alone',
    config: {proxies: {default: {...both, allProxy: 'socks5://p'}}},
    given: ['http_proxy=', 'NO_PROXY'],
    want: ['ALL_PROXY=socks5://p', 'all_proxy=socks5://p'],
  },
])('of $name come $want', async ({config, given, want}) => {
  expect(await proxiesOf(config, given)).toEqual(want);
});
