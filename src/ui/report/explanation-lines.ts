/** Why a step ran, in words: one sentence, and the rest of what differs below it. */
import type {ExplainedStep} from '../../app/cache/explain-cache.js';
import type {Difference, FileDifference} from '../../cache/explain/difference.js';
import type {Explanation} from '../../cache/explain/explain.js';
import {printable} from '../text/printable.js';

/** `name` is the step's, as progress shows it. */
export function explanationLines(name: string, explanation: Explanation): string[] {
  const {cause, differences, files} = explanation;
  const [first, ...rest] = differences.map(sentence);
  const unseen = files - differences.filter(({kind}) => kind === 'file').length;
  const lines = [`${name}: ${CAUSES[cause] ?? first ?? 'its key differs'}`, ...rest];
  if (unseen > 0) lines.push(`and ${unseen} more files`);
  return lines.map((line, index) => `${index === 0 ? '' : '    '}${printable(line)}`);
}

const CAUSES: Partial<Record<Explanation['cause'], string>> = {
  first: 'nothing like it was built before',
  fresh: 'no earlier result was to be taken',
  removed: 'the same was built before, and its layers were removed since',
};

function sentence(difference: Difference): string {
  switch (difference.kind) {
    case 'command':
      return `the command was ${JSON.stringify(difference.was)}, is ${JSON.stringify(difference.now)}`;
    case 'variable':
      return `variable ${difference.name} ${was(difference)}`;
    case 'option':
      return `${difference.name} ${was(difference)}`;
    case 'file':
      return `file ${difference.path} ${changed(difference)}`;
    case 'attributes':
      return 'extended attributes of the files selected changed';
    case 'input':
      return input(difference);
  }
}

function was({was: before, now}: {was: string | undefined; now: string | undefined}): string {
  if (before === undefined) return `was not set, is ${JSON.stringify(now)}`;
  if (now === undefined) return `was ${JSON.stringify(before)}, is not set`;
  return `was ${JSON.stringify(before)}, is ${JSON.stringify(now)}`;
}

function changed({change, aspects}: FileDifference): string {
  if (change === 'added') return 'is new';
  if (change === 'removed') return 'is gone';
  return aspects.map(({name, ...two}) => `changed its ${name} (${arrow(name, two)})`).join(', ');
}

const arrow = (name: string, two: {was: string; now: string}): string =>
  name === 'content'
    ? `${two.was.slice(0, 12)} → ${two.now.slice(0, 12)}`
    : `${two.was} → ${two.now}`;

function input({name, previousName}: Difference & {kind: 'input'}): string {
  if (name === previousName) return `an input changed: ${name} made other files`;
  return `an input was ${previousName || 'nothing'}, is ${name || 'nothing'}`;
}

export function explainedStepLines({name, result, explanation}: ExplainedStep): string[] {
  if (explanation) return explanationLines(name, explanation);
  const what = result === 'done' ? 'ran; what its key was made of is no longer known' : result;
  return [printable(`${name}: ${what}`)];
}
