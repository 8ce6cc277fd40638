/** What differs between two ops of what enters a key, member by member: whatever ops come to have is told without a case of its own. */
import {canonicalJSON} from '../../base/canonical-json.js';
import {countedOp} from '../../graph/counted-op.js';
import type {Op} from '../../graph/op.js';
import type {Difference} from './difference.js';

export function opDifferences(was: Op, now: Op): Difference[] {
  const old = new Map<string, unknown>(Object.entries(countedOp(was)));
  const current = new Map<string, unknown>(Object.entries(countedOp(now)));
  const members = new Set([...old.keys(), ...current.keys()]);
  return [...members].flatMap((member) => {
    const [before, after] = [old.get(member), current.get(member)];
    if (text(before) === text(after)) return [];
    if (member === 'args') return [{kind: 'command', was: list(before), now: list(after)}];
    if (member === 'env') return variableDifferences(list(before), list(after));
    return [{kind: 'option', name: member, was: text(before), now: text(after)}];
  });
}

const text = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : canonicalJSON(value);

const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value : []);

function variableDifferences(was: readonly string[], now: readonly string[]): Difference[] {
  const [old, current] = [variables(was), variables(now)];
  const names = [...new Set([...old.keys(), ...current.keys()])];
  const changed = names.filter((name) => old.get(name) !== current.get(name));
  if (changed.length === 0) {
    return [{kind: 'option', name: 'order of variables', was: was.join(' '), now: now.join(' ')}];
  }
  return changed.map((name) => ({
    kind: 'variable',
    name,
    was: old.get(name),
    now: current.get(name),
  }));
}

const variables = (env: readonly string[]): Map<string, string> =>
  new Map(
    env.map((pair) => {
      const equals = pair.indexOf('=');
      return [pair.slice(0, equals), pair.slice(equals + 1)];
    }),
  );
