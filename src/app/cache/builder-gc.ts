/**
 * `builder.gc` of daemon.json: {enabled, defaultReservedSpace, …, policy: [{all, filter, keepDuration, reservedSpace, …}]}.
 *
 * A size is bytes like `10GB`, or a share of the disk; what is absent or 0 is the default's. All filters of a rule must hold, of what
 * commas separate in one of them any. Unknown members are refused: a rule that lost its bound would take too much.
 *
 * Source  docker's documentation, "Build garbage collection", and its reference of dockerd, "Daemon configuration file".
 */

import {parseDuration} from '../../base/duration.js';
import type {EntryFilter} from '../../cache/entries/entry-filter.js';
import {
  type ConfigObject,
  type ConfigText,
  readConfigFile,
} from '../../registry/config/config-file.js';
import {ConfigFileError, UnreadableConfigError} from '../../registry/config/errors.js';
import type {CachePolicy, PolicyBounds, PolicyRule} from './cache-policy.js';
import {type DiskShare, parseDiskShare} from './disk-share.js';
import {type EntryFilters, entryFilters} from './entry-filters.js';

/** Throws ConfigFileError, UnreadableConfigError. */
export function readBuilderGC(path: string): CachePolicy {
  const file = readConfigFile(path);
  if (file === undefined) throw new UnreadableConfigError(path, new Error('no such file'));
  const gc = file.object('builder')?.object('gc');
  if (gc === undefined) return {enabled: true, defaults: {}};
  const names = ['ReservedSpace', 'KeepStorage', 'MaxUsedSpace', 'MinFreeSpace'];
  gc.refuseOthers(['enabled', 'policy', ...names.map((name) => `default${name}`)]);
  const rules = gc.objects('policy').map((rule, index) => ruleOf(rule, `${index + 1} of ${path}`));
  return {
    enabled: gc.boolean('enabled') ?? true,
    defaults: {
      ...bound(gc, 'reservedSpace', ['defaultReservedSpace', 'defaultKeepStorage']),
      ...bound(gc, 'maxUsedSpace', ['defaultMaxUsedSpace']),
      ...bound(gc, 'minFreeSpace', ['defaultMinFreeSpace']),
    },
    ...(rules.length === 0 ? {} : {rules}),
  };
}

function ruleOf(rule: ConfigObject, place: string): PolicyRule {
  const sizes = ['reservedSpace', 'keepStorage', 'maxUsedSpace', 'minFreeSpace'];
  rule.refuseOthers(['all', 'filter', 'keepDuration', ...sizes]);
  const filters = rule.strings('filter').map(filtersOf);
  const ages = filters.map(({unusedFor}) => unusedFor);
  return {
    name: `rule ${place}`,
    all: rule.boolean('all') ?? false,
    fits: (entry) => filters.every(({fits}) => fits(entry)),
    unusedFor: Math.max(keepDuration(rule), ...ages),
    bounds: {
      ...bound(rule, 'reservedSpace', ['reservedSpace', 'keepStorage']),
      ...bound(rule, 'maxUsedSpace', ['maxUsedSpace']),
      ...bound(rule, 'minFreeSpace', ['minFreeSpace']),
    },
  };
}

function filtersOf({text, fault}: ConfigText): EntryFilters {
  try {
    const any = text.split(/,(?=[\w-]+[=!~])/).map((part) => entryFilters([part.trim()]));
    if (any.length > 1 && any.some(({unusedFor}) => unusedFor > 0)) {
      throw fault('want how long unused in a filter of its own, got it among others');
    }
    const fits: EntryFilter = (entry) => any.some((filter) => filter.fits(entry));
    return {fits, unusedFor: Math.max(...any.map(({unusedFor}) => unusedFor))};
  } catch (error) {
    if (error instanceof ConfigFileError) throw error;
    throw fault(error instanceof Error ? error.message : 'want a filter');
  }
}

/** Milliseconds. */
function keepDuration(rule: ConfigObject): number {
  const text = rule.string('keepDuration');
  if (text === undefined) return 0;
  const nanoseconds = parseDuration(text);
  if (nanoseconds !== undefined && nanoseconds >= 0) return nanoseconds / 1e6;
  throw rule.fault(`want a duration like 48h, got ${JSON.stringify(text)}`, 'keepDuration');
}

/** Of the first name that is there. */
function bound(
  object: ConfigObject,
  what: keyof PolicyBounds,
  names: readonly string[],
): PolicyBounds {
  for (const name of names) {
    const text = object.string(name);
    if (text === undefined) continue;
    const share: DiskShare | undefined = parseDiskShare(text);
    if (share === undefined) {
      throw object.fault(
        `want a size like 10GB or a share like 10%, got ${JSON.stringify(text)}`,
        name,
      );
    }
    if (share !== 0) return {[what]: share};
  }
  return {};
}
