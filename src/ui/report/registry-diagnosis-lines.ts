/** The files first, then each place that is asked with the reasons for it, what was asked, and the answer. */
import type {EndpointDiagnosis, RegistryDiagnosis} from '../../app/registry/diagnose-registry.js';
import {printable} from '../text/printable.js';

export function registryDiagnosisLines(diagnosis: RegistryDiagnosis): string[] {
  const {reference, purpose, files, endpoints, forbiddenBy, warnings, works} = diagnosis;
  return [
    `${purpose} of ${reference}`,
    ...files.map(({path, found, says}) => `${found ? 'read  ' : 'absent'}  ${path}: ${says}`),
    ...warnings.map((warning) => `warning ${warning}`),
    ...endpoints.flatMap(endpointLines),
    ...(forbiddenBy === undefined
      ? []
      : ['', `${forbiddenBy} says fallback: never: the registry itself is not asked`]),
    '',
    works ? 'works' : `no place serves this ${purpose}`,
  ].map(printable);
}

function endpointLines(
  {role, place, trail, probe, exchanges}: EndpointDiagnosis,
  index: number,
): string[] {
  const {ok, milliseconds} = probe;
  const answer = ok
    ? `ok, ${milliseconds} ms${probe.digest === undefined ? '' : `: ${probe.digest}`}`
    : `${probe.code}: ${probe.message}`;
  const remedy = ok || probe.hint === undefined ? [] : [`    → ${probe.hint}`];
  return [
    '',
    `${index + 1}. ${place} (${role})`,
    ...trail.map((line) => `    ${line}`),
    ...exchanges.map((line) => `    > ${line}`),
    `    ${answer}`,
    ...remedy,
  ];
}
