/** Paths of a context as rows of `context`, and what is said of all of them. */
import type {ContextEntry, ContextInspection} from '../../app/context/inspect-context.js';
import type {Row, Table} from '../text/listing.js';
import {printable} from '../text/printable.js';
import {formatBytes, plural} from '../text/units.js';

export const CONTEXT_TABLE: Table = {
  headers: {State: 'STATE', Size: 'SIZE', Files: 'FILES', Rule: 'DECIDED BY', Path: 'PATH'},
  fields: ['State', 'Size', 'Files', 'Rule', 'Path'],
};

export const contextColumns = ({path, kept, files, bytes, rule}: ContextEntry): Row => ({
  State: kept ? 'kept' : 'ignored',
  Size: formatBytes(bytes, 3),
  Files: String(files),
  Rule: rule === undefined ? '' : `${rule.file}:${rule.line} ${rule.pattern}`,
  Path: path,
});

/** What stands below its second line can go into an ignore file as it is. */
export function contextSummary({kept, ignored, suggestions}: ContextInspection): string[] {
  const lines = [
    `kept ${plural(kept.files, 'file')}, ${formatBytes(kept.bytes)}; ignored ${plural(ignored.files, 'file')}, ${formatBytes(ignored.bytes)}`,
  ];
  if (suggestions.length > 0) lines.push('lines for .dockerignore:');
  for (const {pattern, reason, files, bytes} of suggestions) {
    lines.push(
      `# ${formatBytes(bytes, 3)} in ${plural(files, 'file')}: ${reason}`,
      printable(pattern),
    );
  }
  return lines;
}
