/**
 * What docker has and tsbuild has not, by the words people type, with what there is in its place.
 *
 * Source  docker CLI 28, `docker --help`, `docker run --help`, `docker build --help`.
 */

/** A hint, and the words it is for. */
type Entry = readonly [hint: string, words: string];

const FOREGROUND =
  'A container lives as long as its `tsbuild run`, whose output and signals are its own; a shell puts it behind with &.';
const LIMITS =
  'Control groups are left as they are: `systemd-run --user --scope -p MemoryMax=1G tsbuild run …` limits the run as a whole.';
const NETWORK =
  'A container is in the network of this machine: what it listens on is open here, and --network none takes that away.';

const COMMANDS: readonly Entry[] = [
  [
    FOREGROUND,
    'attach create events exec kill pause port rename restart start stats stop top unpause update wait',
  ],
  ['Let the container write to a directory of this machine: `tsbuild run -v`.', 'cp diff export'],
  ['Write the steps into a Dockerfile, for `tsbuild build`.', 'commit'],
  [
    'Leave the word away: there is one builder. Its cache is `tsbuild cache ls`, its history `tsbuild builds`.',
    'buildx builder bake',
  ],
  [
    '`tsbuild image prune` and `tsbuild cache prune` free the disk, `tsbuild cache du` tells of it.',
    'system',
  ],
  ['`tsbuild doctor` tells what this machine allows.', 'info'],
  ['`tsbuild registry ls` lists what a registry has.', 'search'],
  ['`tsbuild registry inspect` shows an index and its manifests.', 'manifest'],
  ['A volume is made by the first `tsbuild run -v NAME:DIRECTORY` that names it.', 'volume'],
  [NETWORK, 'network'],
  ['One container is run at a time, by `tsbuild run`.', 'compose stack service swarm node'],
];

const FLAGS: Readonly<Record<string, readonly Entry[]>> = {
  run: [
    [
      FOREGROUND,
      'd detach detach-keys a attach restart stop-signal stop-timeout log-driver log-opt health-cmd health-interval health-retries health-start-interval health-start-period health-timeout no-healthcheck',
    ],
    [
      NETWORK,
      'p publish P publish-all expose ip ip6 link link-local-ip mac-address network-alias net-alias',
    ],
    [
      LIMITS,
      'm memory memory-reservation memory-swap memory-swappiness cpus cpu-count cpu-percent cpu-period cpu-quota cpu-rt-period cpu-rt-runtime c cpu-shares cpuset-cpus cpuset-mems pids-limit oom-kill-disable oom-score-adj blkio-weight blkio-weight-device device-read-bps device-read-iops device-write-bps device-write-iops cgroup-parent',
    ],
    [
      'A container has the devices that docker gives every one, and no other.',
      'device device-cgroup-rule gpus',
    ],
    [
      'A container has a name and an id, and nothing else to be found by.',
      'l label label-file annotation',
    ],
    ['Name the volumes again with -v.', 'volumes-from'],
  ],
  build: [
    [
      LIMITS,
      'm memory memory-swap cpu-period cpu-quota c cpu-shares cpuset-cpus cpuset-mems cgroup-parent',
    ],
    ['Attestations are not made.', 'attest'],
    ['There is one builder, this process.', 'builder'],
    [
      'Join the RUNs, or COPY --from a stage that has made the files: `tsbuild image layers` shows what a layer costs.',
      'squash',
    ],
    ['The context is read where it is, and never sent.', 'compress'],
  ],
};

/** `typed` is the first word that is no command. */
export const hintForCommand = (typed: string): string | undefined => lookUp(COMMANDS, typed);

/** `flag` as typed, `-p` or `--publish=80:80`. */
export const hintForFlag = (command: string, flag: string): string | undefined =>
  lookUp(FLAGS[command] ?? [], flag.replace(/^--?/, '').replace(/=.*/s, ''));

const lookUp = (entries: readonly Entry[], word: string): string | undefined =>
  entries.find(([, words]) => words.split(' ').includes(word))?.[0];
