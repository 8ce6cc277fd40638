/**
 * Comparisons of a call's 64-bit arguments, in halves, as classic BPF counts in 32 bits.
 *
 * Source  struct seccomp_data in linux/seccomp.h; libseccomp's SCMP_CMP_*, which compare unsigned.
 */
import {endianness} from 'node:os';
import {unreachable} from '../../base/bug.js';
import type {SeccompArgument} from '../../oci/runtime-spec.js';
import type {BackwardProgram, Label} from './bpf.js';

/** Where a test goes on. */
export interface Outcome {
  readonly yes: Label;
  readonly no: Label;
}

const FIRST_ARGUMENT = 16;
const [LOW, HIGH] = endianness() === 'LE' ? [0, 4] : [4, 0];

const lowOf = (value: number): number => value % 2 ** 32;
const highOf = (value: number): number => Math.floor(value / 2 ** 32);

export function writeArgumentTest(
  program: BackwardProgram,
  argument: SeccompArgument,
  outcome: Outcome,
): Label {
  const {op, value} = argument;
  const swapped = {yes: outcome.no, no: outcome.yes};
  switch (op) {
    case 'SCMP_CMP_EQ':
      return writeEqual(program, argument, outcome);
    case 'SCMP_CMP_NE':
      return writeEqual(program, argument, swapped);
    case 'SCMP_CMP_GT':
      return writeOrder(program, argument, {comparison: 'greater', outcome});
    case 'SCMP_CMP_GE':
      return writeOrder(program, argument, {comparison: 'greater-or-equal', outcome});
    case 'SCMP_CMP_LT':
      return writeOrder(program, argument, {comparison: 'greater-or-equal', outcome: swapped});
    case 'SCMP_CMP_LE':
      return writeOrder(program, argument, {comparison: 'greater', outcome: swapped});
    case 'SCMP_CMP_MASKED_EQ':
      return writeMasked(
        program,
        {index: argument.index, mask: value, want: argument.valueTwo ?? 0},
        outcome,
      );
    default:
      return unreachable(op);
  }
}

const offsetOf = (index: number): number => FIRST_ARGUMENT + index * 8;

function writeEqual(
  program: BackwardProgram,
  {index, value}: SeccompArgument,
  {yes, no}: Outcome,
): Label {
  program.branch('equal', lowOf(value), {yes, no});
  const low = program.load(offsetOf(index) + LOW);
  program.branch('equal', highOf(value), {yes: low, no});
  return program.load(offsetOf(index) + HIGH);
}

function writeOrder(
  program: BackwardProgram,
  {index, value}: SeccompArgument,
  {comparison, outcome: {yes, no}}: {comparison: 'greater' | 'greater-or-equal'; outcome: Outcome},
): Label {
  program.branch(comparison, lowOf(value), {yes, no});
  const low = program.load(offsetOf(index) + LOW);
  const sameHigh = program.branch('equal', highOf(value), {yes: low, no});
  program.branch('greater', highOf(value), {yes, no: sameHigh});
  return program.load(offsetOf(index) + HIGH);
}

function writeMasked(
  program: BackwardProgram,
  {index, mask, want}: {index: number; mask: number; want: number},
  {yes, no}: Outcome,
): Label {
  program.branch('equal', lowOf(want), {yes, no});
  program.and(lowOf(mask));
  const low = program.load(offsetOf(index) + LOW);
  program.branch('equal', highOf(want), {yes: low, no});
  program.and(highOf(mask));
  return program.load(offsetOf(index) + HIGH);
}
