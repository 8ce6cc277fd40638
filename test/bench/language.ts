/**
 * `npm run bench:language`: how long a Dockerfile of 500 lines takes from text to graph.
 *
 * The first time in a process is what a build pays; the median shows what the compiler makes of it later. The second line is of a
 * process that finds V8's cache of the compiled code, as the executable does from its second run on (src/bin.ts).
 */
import {performance} from 'node:perf_hooks';
import {lower} from '../../src/frontend/lower.js';
import {digestOf} from '../../src/oci/digest.js';

const STAGES = 10;

/** Fifty lines: what long Dockerfiles are made of. */
const stage = (number: number): string =>
  [
    `FROM ${number === 0 ? 'debian:12' : `stage${number - 1}`} AS stage${number}`,
    'ARG VERSION=1.2.3',
    'ARG TARGETARCH',
    `ENV APP_HOME=/srv/app${number} PATH=/opt/tool/bin:$PATH`,
    `ENV RELEASE=$\{VERSION%.*} NAME="a name with blanks"`,
    'LABEL org.opencontainers.image.version=$VERSION maintainer="somebody"',
    'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
    'WORKDIR $APP_HOME',
    '# packages',
    'RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\',
    '    --mount=type=secret,id=token,target=/run/token \\',
    '    apt-get update && \\',
    ...Array.from({length: 12}, (_, index) => `    apt-get install -y package${index} && \\`),
    '    rm -rf /var/lib/apt/lists/*',
    'COPY --chown=1000:1000 --chmod=u=rwX,go=rX package.json package-lock.json ./',
    'COPY --link assets/ /srv/assets/',
    ...Array.from({length: 8}, (_, index) => `COPY src/part${index} $APP_HOME/part${index}/`),
    'RUN <<EOF',
    'set -e',
    'npm ci --omit=dev',
    'npm run build -- --version "$VERSION"',
    'EOF',
    ...Array.from({length: 5}, (_, index) => `RUN tool${index} --arch=$TARGETARCH "$APP_HOME"`),
    'EXPOSE 8080/tcp 8443',
    'VOLUME ["/data"]',
    'HEALTHCHECK --interval=30s --timeout=3s CMD curl -f http://localhost/ || exit 1',
    'USER 1000:1000',
    'ENTRYPOINT ["/usr/bin/tini", "--"]',
    'CMD ["node", "server.js"]',
    'STOPSIGNAL SIGTERM',
  ].join('\n');

const text = `${Array.from({length: STAGES}, (_, number) => stage(number)).join('\n')}\n`;

const config = {
  architecture: 'amd64',
  os: 'linux',
  config: {Env: ['PATH=/usr/bin:/bin']},
  rootfs: {type: 'layers' as const, diff_ids: [digestOf('layer')]},
  history: [{created_by: 'layer'}],
};

async function measure(): Promise<number> {
  const start = performance.now();
  await lower({
    text,
    buildArgs: {VERSION: '2.0.1'},
    labels: {},
    platform: {os: 'linux', architecture: 'amd64'},
    resolveImage: async (reference) => ({manifest: digestOf(reference), config}),
  });
  return performance.now() - start;
}

const RUNS = 21;

async function main(): Promise<void> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) times.push(await measure());
  const [first = 0] = times;
  const median = [...times].sort((left, right) => left - right)[Math.floor(RUNS / 2)] ?? 0;
  const lines = text.split('\n').length - 1;
  console.log(
    `${lines} lines: first ${first.toFixed(1)} ms, median of ${RUNS} ${median.toFixed(1)} ms`,
  );
}

void main();
