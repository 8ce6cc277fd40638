/** Flags of `docker build` that ask for what is so anyway: scripts that were written for it work as they are. */
import * as Flags from '@oclif/core/flags';

const never = (what: string) =>
  Flags.option({
    description: `${what} are not made: false is taken, as docker's scripts give it`,
    options: ['false'] as const,
  })();

const always = Flags.boolean({
  description: "steps leave no containers behind: taken as docker's scripts give it",
});

export const acceptedFlags = {
  provenance: never('provenance attestations'),
  sbom: never('SBOM attestations'),
  rm: always,
  'force-rm': always,
};
