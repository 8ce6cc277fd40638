/**
 * Rows and documents in the shape `--format` asks for.
 *
 *   (none), table      docker's table
 *   table TEMPLATE     a table whose cells are between tabs, with headers
 *   json               one JSON object a line
 *   TEMPLATE           the template for each row
 */
import {printable} from './printable.js';
import {formatTable} from './table.js';
import {parseTemplate} from './template/parse-template.js';
import {renderTemplate} from './template/render-template.js';

export type Row = Readonly<Record<string, string>>;

export interface Table {
  /** Fields shown without a format, in order. */
  readonly fields: readonly string[];
  /** Header of every field a template may name. */
  readonly headers: Row;
}

/** The fields that a listing looks at: undefined for all, where a template may name any. */
export const fieldsShown = ({fields}: Table, format = 'table'): readonly string[] | undefined =>
  format === 'table' ? fields : undefined;

/** Lines without their ends. */
export function formatRows(rows: readonly Row[], table: Table, format = 'table'): string[] {
  const template = format.replaceAll('\\t', '\t').replaceAll('\\n', '\n').trim();
  if (template === 'table') return tableOf(rows, table);
  if (template === 'json') return rows.map((row) => JSON.stringify(row));
  if (!/^table\s/.test(template)) return renderEach(rows, template);
  const cells = template.replace(/^table\s+/, '');
  const lines = renderEach([table.headers, ...rows], cells);
  return formatTable(lines.map((line) => line.split('\t')));
}

/** JSON objects as docker inspect prints them: an array, or the template for each. */
export function formatDocuments(documents: readonly object[], format: string | undefined): string {
  if (format === undefined) return JSON.stringify(documents, null, 4);
  if (format === 'json') return JSON.stringify(documents);
  const nodes = parseTemplate(format);
  const options = {template: format, strict: false};
  return documents.map((document) => renderTemplate(nodes, document, options)).join('\n');
}

function tableOf(rows: readonly Row[], {fields, headers}: Table): string[] {
  const cellsOf = (row: Row): string[] => fields.map((field) => printable(row[field] ?? ''));
  return formatTable([headers, ...rows].map(cellsOf));
}

function renderEach(rows: readonly Row[], template: string): string[] {
  const nodes = parseTemplate(template);
  return rows.map((row) => renderTemplate(nodes, row, {template, strict: true}));
}
