import {describe, expect, test} from 'vitest';
import {caBundle, hasCABundle, type Need, needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace} from './place.js';
import {copyProject, type Project, printed, served} from './project.js';

const trust = hasCABundle() ? ['--ca-cert', caBundle] : [];
/** `npm run projects`: those too that download, or take their time. */
const all = process.env['TSBUILD_PROJECTS'] === 'all';

const quick: readonly (Project & {needs: readonly Need[]})[] = [
  {
    name: 'monorepo',
    needs: [],
    bases: ['node'],
    ask: printed(),
    answer:
      '{"said":"4 files","files":["main.js","node_modules","package-lock.json","package.json"],"notes":false,"release":"r1"}\n',
  },
];

const slow: typeof quick = [
  {
    name: 'node-service',
    needs: ['the npm registry'],
    bases: ['node'],
    flags: trust,
    ask: served('PORT', ['/', '/health']),
    answer: ['{"version":"1.2.3","user":1000,"mode":"production","up":"2 seconds"}\n', 'ok\n'],
  },
  {
    name: 'python-service',
    needs: [],
    bases: ['python'],
    ask: served('PORT', ['/?name=World']),
    answer: [
      '{"greeting": "Hello World", "prefix": "/opt/venv", "user": 10001, "settings": ["literal=$PATH", "uid=10001"]}',
    ],
  },
  {
    name: 'c-program',
    needs: ['a package mirror'],
    bases: ['debian'],
    ask: printed('4', '5', '60'),
    answer: '69\n',
  },
  {
    name: 'nginx-site',
    needs: ['a package mirror'],
    bases: ['debian'],
    ask: served('NGINX_PORT', ['/name', '/']),
    answer: [
      'our site at /name\n',
      '<!doctype html>\n<title>nginx site</title>\n<p>A page of the image.</p>\n',
    ],
  },
];

const [, user = testUserNames[0] ?? ''] = testUserNames;

describe(`projects, as ${user}`, () => {
  test.for(all ? [...quick, ...slow] : quick)(
    '$name is built, answers, and is built again from the cache alone',
    async ({name, bases, flags = [], ask, answer, ...project}, context) => {
      needs(context, 'user namespaces', 'subordinate ids', ...project.needs);
      await using place = await openPlace(user, bases);
      const copy = copyProject(place, name);
      const build = [copy.folder, name, ...copy.flags, ...flags] as const;
      const cold = await place.build(...build);
      expect(await ask(place, name)).toEqual(answer);

      const warm = await place.rebuild(...build);
      expect(warm.imageID).toBe(cold.imageID);
      const steps = warm.steps.filter((step) => /^\[.*\d\/\d+\] (?!FROM )/.test(step.name));
      expect(steps.length).toBeGreaterThan(0);
      expect(steps.filter(({state}) => state !== 'cached')).toEqual([]);
    },
  );
});
