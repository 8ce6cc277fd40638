/**
 * What a running command needs of oclif's Config, without what Config.load does: reading package.json and a
 * manifest, looking for plugins, themes and shells. That costs as much as starting Node; only help pays it.
 */
import type {Config} from '@oclif/core/config';
import {VERSION} from '../../app/version.js';

export const lightConfig = {
  bin: 'tsbuild',
  name: 'tsbuild',
  version: VERSION,
  topicSeparator: ':',
  userAgent: `tsbuild/${VERSION}`,
  scopedEnvVar: () => undefined,
  scopedEnvVarKeys: () => [],
  runHook: async () => ({successes: [], failures: []}),
} as unknown as Config;
