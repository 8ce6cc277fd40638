/**
 * `--change` of import and commit: Dockerfile instructions that alter a config.
 *
 * They are read as a Dockerfile whose base is the config, so they mean what they mean there. Throws BadChangeError.
 */
import {TsbuildError} from '../../base/error.js';
import {lower} from '../../frontend/lower.js';
import {digestOf} from '../../oci/digest.js';
import type {ImageConfig} from '../../oci/image-config.js';
import {BadChangeError} from '../errors.js';

type Draft = Omit<ImageConfig, 'rootfs' | 'history' | 'created'>;

const allowed =
  /^\s*(?:CMD|ENTRYPOINT|ENV|EXPOSE|HEALTHCHECK|LABEL|ONBUILD|STOPSIGNAL|USER|VOLUME|WORKDIR)\s/i;

export async function applyChanges(base: Draft, changes: readonly string[]): Promise<Draft> {
  let draft = base;
  for (const change of changes) draft = await applyChange(draft, change);
  return draft;
}

async function applyChange(base: Draft, change: string): Promise<Draft> {
  if (!allowed.test(change) || /[\r\n]/.test(change)) throw new BadChangeError(change);
  // Triggers of the base belong to builds on it, not to this change.
  const {OnBuild: triggers, ...run} = base.config;
  const config = {
    ...base,
    config: run,
    rootfs: {type: 'layers', diff_ids: []},
    history: [],
  } as const;
  try {
    const {config: changed} = await lower({
      text: `FROM base\n${change}\n`,
      buildArgs: {},
      labels: {},
      platform: base,
      resolveImage: async () => ({manifest: digestOf(''), config}),
    });
    return withTriggers(changed, triggers ?? []);
  } catch (error) {
    if (error instanceof TsbuildError) throw new BadChangeError(change, error);
    throw error;
  }
}

function withTriggers(draft: Draft, before: readonly string[]): Draft {
  const triggers = [...before, ...(draft.config.OnBuild ?? [])];
  return triggers.length === 0 ? draft : {...draft, config: {...draft.config, OnBuild: triggers}};
}
