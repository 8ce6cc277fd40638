/** The rung of the rootless ladder, then what the doctor found, and under each limit the command that lifts it. */
import type {Diagnosis} from '../../app/machine/doctor.js';

const MEANING: Readonly<Record<Diagnosis['rung'], string>> = {
  root: 'real root, in a mount namespace of its own',
  subids: 'a user namespace with your whole range of subordinate ids',
  single: 'a user namespace with one id: owners are recorded, not set',
  none: 'no namespaces: RUN and run are refused',
  outside: 'not started through the launcher: RUN and run are refused',
};

export const diagnosisLines = ({rung, findings}: Diagnosis): string[] => [
  `${'rung'.padEnd(8)} ${rung}: ${MEANING[rung]}`,
  ...findings.flatMap(({name, state, detail, remedy}) => [
    `${state.padEnd(8)} ${name}: ${detail}`,
    ...(remedy === undefined ? [] : [`${' '.repeat(9)}→ ${remedy}`]),
  ]),
];
