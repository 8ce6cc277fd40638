/** What differs between two documents, member by member. */
import {canonicalJSON} from '../../base/canonical-json.js';

export interface ValueChange {
  /** Names from the top, with dots between: `Labels.org.opencontainers.image.title`. */
  readonly name: string;
  /** Absent where there was none. */
  readonly was?: unknown;
  readonly now?: unknown;
}

type Members = Readonly<Record<string, unknown>>;

/** Objects are compared by their members, everything else as one value; what is empty counts as absent. By name. */
export function valueChanges(was: Members, now: Members): ValueChange[] {
  const given = ([, value]: [string, unknown]): boolean => !isMembers(value) || size(value) > 0;
  const [before, after] = [was, now].map((all) =>
    Object.fromEntries(Object.entries(all).filter(given)),
  );
  return [...changes('', before, after)].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function* changes(prefix: string, was: Members = {}, now: Members = {}): Generator<ValueChange> {
  for (const member of new Set([...Object.keys(was), ...Object.keys(now)])) {
    const name = prefix === '' ? member : `${prefix}.${member}`;
    yield* change(name, valueIn(was, member), valueIn(now, member));
  }
}

function* change(name: string, was: unknown, now: unknown): Generator<ValueChange> {
  const [before, after] = [was ?? {}, now ?? {}];
  // An empty object below the top is a value: `Volumes` is `{"/data": {}}`.
  if (isMembers(before) && isMembers(after) && size(before) + size(after) > 0) {
    yield* changes(name, before, after);
  } else if (canonicalJSON(was ?? null) !== canonicalJSON(now ?? null)) {
    yield {name, ...(was === undefined ? {} : {was}), ...(now === undefined ? {} : {now})};
  }
}

function valueIn(members: Members, name: string): unknown {
  const value = Object.hasOwn(members, name) ? members[name] : undefined;
  const isEmpty = Array.isArray(value) ? value.length === 0 : value === '' || value === null;
  return isEmpty ? undefined : value;
}

const size = (members: Members): number => Object.keys(members).length;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
