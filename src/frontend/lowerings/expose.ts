import type {ExposeInstruction} from '../../dockerfile/instruction.js';
import {InvalidValueError} from '../errors.js';
import {Expander} from '../expansion.js';
import {checkExposeInvalidFormat} from '../lint/expose-invalid-format.js';
import {checkExposeProtoCasing} from '../lint/expose-proto-casing.js';
import {plainList} from '../quote.js';
import type {StageContext} from '../stage-context.js';
import {type StageState, withConfig, withEmptyRow} from '../state.js';

/** EXPOSE: `port[-port][/protocol]`; the old `[ip:]host:container` counts for its container port. */
export function lowerExpose(
  state: StageState,
  instruction: ExposeInstruction,
  context: StageContext,
): StageState {
  const expander = new Expander(state, context, instruction);
  const words = instruction.ports.flatMap((word) => [...expander.words(word)]);
  for (const word of words) {
    checkExposeInvalidFormat(instruction, word, context.report);
    checkExposeProtoCasing(instruction, word, context.report);
  }
  const ports = words.flatMap((word) => {
    const read = readPorts(word, instruction);
    if (context.allowance.take(read.length * PORT_COST)) return read;
    throw new InvalidValueError('EXPOSE names too many ports', instruction);
  });
  const all = {...state.config.config.ExposedPorts};
  for (const port of ports) all[port] = {};
  const sorted = Object.fromEntries(
    Object.entries(all).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
  return withEmptyRow(withConfig(state, {ExposedPorts: sorted}), `EXPOSE ${plainList(ports)}`);
}

/** In the characters of an allowance: it stands in the config, and again in each history row. */
const PORT_COST = 64;

function readPorts(word: string, instruction: ExposeInstruction): string[] {
  const container = word.split(':').at(-1) ?? '';
  const [range = '', protocol = ''] = container.split('/', 2);
  const name = protocol === '' ? 'tcp' : protocol.toLowerCase();
  if (!['tcp', 'udp', 'sctp'].includes(name)) {
    throw new InvalidValueError(
      `invalid protocol: want tcp, udp or sctp, got ${JSON.stringify(word)}`,
      instruction,
    );
  }
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range);
  const first = Number(match?.[1]);
  const last = Number(match?.[2] ?? match?.[1]);
  if (match === null || first > last || last > 65535) {
    throw new InvalidValueError(
      `invalid port: want a number or a range up to 65535, got ${JSON.stringify(word)}`,
      instruction,
    );
  }
  return Array.from({length: last - first + 1}, (_, offset) => `${first + offset}/${name}`);
}
