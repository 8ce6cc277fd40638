// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the substitutions of the language are what is tested
import {expect, test} from 'vitest';
import {TsbuildError} from '../../src/base/error.js';
import {type LowerInput, lower} from '../../src/frontend/lower.js';
import type {ResolvedImage} from '../../src/frontend/resolve-image.js';
import {digestOf} from '../../src/oci/digest.js';

const platform = {os: 'linux', architecture: 'amd64'};

function image(name: string): ResolvedImage {
  return {
    manifest: digestOf(name),
    config: {
      ...platform,
      config: {},
      rootfs: {type: 'layers', diff_ids: [digestOf(`layer of ${name}`)]},
      history: [{created_by: name}],
    },
  };
}

const define = (text: string, more: Partial<LowerInput> = {}) =>
  lower({
    text,
    buildArgs: {},
    labels: {},
    platform,
    resolveImage: async (reference) => image(reference),
    ...more,
  });

const times = (count: number, line: (index: number) => string): string =>
  Array.from({length: count}, (_, index) => line(index)).join('\n');

test.each([
  {
    what: 'a long value in each of many instructions',
    text: `FROM scratch\nARG A=${'x'.repeat(50_000)}\n${times(2000, (at) => `LABEL l${at}=$A`)}`,
  },
  {
    what: 'a pattern that begins to match everywhere',
    text: `FROM scratch\nARG A=${'a'.repeat(50_000)}\n${times(200, (at) => `ENV E${at}=\${A/*b/c}`)}`,
  },
  {
    what: 'names that each instruction carries along',
    text: `FROM scratch\n${times(9000, (at) => `ENV E${at}=1`)}`,
  },
])('refuses $what, which comes to too much', async ({text}) => {
  await expect(define(text)).rejects.toThrow('too much');
});

test('images are resolved side by side, each once', async () => {
  const asked: string[] = [];
  const waiting: (() => void)[] = [];
  const text = [
    'FROM one AS a',
    'FROM two AS b',
    'FROM one AS c',
    'FROM three',
    'COPY --from=a / /',
    'COPY --from=b / /',
    'COPY --from=c / /',
    'COPY --from=four / /',
  ].join('\n');
  const definition = define(text, {
    resolveImage: async (reference) => {
      asked.push(reference);
      // Nobody is answered before all four have asked: one after the other would never end.
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 4) for (const answer of waiting) answer();
      });
      return image(reference);
    },
  });
  await definition;
  expect(asked.toSorted()).toEqual(['four', 'one', 'three', 'two']);
});

test('an image that cannot be had fails on the line of its FROM and keeps its cause', async () => {
  class Unreachable extends TsbuildError {
    readonly code = 'E_UNREACHABLE';
  }
  const cause = new Unreachable('no route to host', {hint: 'Plug the cable in.'});
  const failing = define('FROM a\nFROM registry.test/b', {
    resolveImage: () => Promise.reject(cause),
  });
  await expect(failing).rejects.toMatchObject({
    code: 'E_BASE_IMAGE',
    lines: {first: 2, last: 2},
    hint: 'Plug the cable in.',
    cause,
  });
});

test('a bug of the port stays a bug', async () => {
  const failing = define('FROM a', {
    resolveImage: () => Promise.reject(new TypeError('x is not a function')),
  });
  await expect(failing).rejects.toThrow(TypeError);
});

test('each step knows the image as it would be after it', async () => {
  const {steps, config, history} = await define('FROM a\nENV x=1\nRUN make\nENV x=2\nCMD ["run"]');
  expect(steps.map(({state}) => state.config.config.Env?.at(-1))).toEqual([
    expect.stringMatching(/^PATH=/),
    'x=1',
    'x=1',
    'x=2',
    'x=2',
  ]);
  expect(steps.map(({state}) => state.history.length)).toEqual([1, 2, 3, 4, 5]);
  expect(steps.at(-1)?.state).toEqual({config, history});
});

test('a step of the metadata carries the latest vertex of its stage and does not own it', async () => {
  const {steps, target} = await define('FROM a\nUSER 1\nRUN make\nEXPOSE 80');
  expect(steps.map(({owns}) => owns)).toEqual([true, false, true, false]);
  expect(steps[1]?.vertex?.id).toBe(steps[0]?.vertex?.id);
  expect(steps[3]?.vertex?.id).toBe(target?.id);
});

test.each([
  {name: 'LABEL', change: 'LABEL a=b', same: true},
  {name: 'EXPOSE', change: 'EXPOSE 80', same: true},
  {name: 'CMD', change: 'CMD x', same: true},
  {name: 'an ARG without a value', change: 'ARG a', same: true},
  {name: 'a comment', change: '# why', same: true},
  {name: 'an ARG with a value', change: 'ARG a=1', same: false},
  {name: 'ENV', change: 'ENV a=1', same: false},
  {name: 'USER', change: 'USER 1', same: false},
  {name: 'SHELL', change: 'SHELL ["sh"]', same: false},
])('$name before a RUN leaves it the same work: $same', async ({change, same}) => {
  const plain = await define('FROM a\nRUN make');
  const changed = await define(`FROM a\n${change}\nRUN make`);
  expect(changed.target?.id === plain.target?.id).toBe(same);
});

test('the work is the same whatever the stages are called and however FROM is written', async () => {
  const one = await define('FROM a AS x\nRUN make\nFROM b\nCOPY --from=x /o /o');
  const other = await define(
    'ARG n=a\nFROM ${n} AS y\n\n\nrun make\nFROM b AS z\nCOPY --from=0 /o /o',
  );
  expect(other.target?.id).toBe(one.target?.id);
});

test('a proxy is no part of the work', async () => {
  const text = 'FROM a\nRUN make';
  const plain = await define(text);
  const proxied = await define(text, {buildArgs: {https_proxy: 'http://proxy:1'}});
  expect(proxied.target?.id).toBe(plain.target?.id);
  expect(proxied.history).toEqual(plain.history);
  expect(proxied.proxyEnv).toEqual(['HTTPS_PROXY=http://proxy:1', 'https_proxy=http://proxy:1']);
});

test('five hundred lines are read and lowered', async () => {
  const lines = Array.from({length: 500}, (_, index) =>
    index % 3 === 0 ? `ENV V${index}="\${V${index - 3}:-x}y"` : `RUN echo \\\n  $V${index} && true`,
  );
  const {steps} = await define(['FROM a', ...lines].join('\n'));
  expect(steps).toHaveLength(501);
});
