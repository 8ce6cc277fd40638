/** A parsed template and a value make text. */
import {FormatError} from '../../errors.js';
import type {Call, Node, Pipe, Term} from './parse-template.js';
import {FUNCTIONS, isTruthy, show} from './template-functions.js';

export interface RenderOptions {
  readonly template: string;
  /** Of rows, whose fields are known: an unknown one is an error. Of documents it is `<no value>`. */
  readonly strict: boolean;
}

export function renderTemplate(
  nodes: readonly Node[],
  value: unknown,
  options: RenderOptions,
): string {
  return nodes.map((node) => renderNode(node, value, options)).join('');
}

function renderNode(node: Node, value: unknown, options: RenderOptions): string {
  if (node.kind === 'text') return node.text;
  const result = evaluate(node.pipe, value, options);
  if (node.kind === 'print') return show(result);
  if (!isTruthy(result)) return renderTemplate(node.otherwise, value, options);
  if (node.kind === 'if') return renderTemplate(node.body, value, options);
  const items = Array.isArray(result) ? result : Object.values(result as object);
  return items.map((item) => renderTemplate(node.body, item, options)).join('');
}

function evaluate(pipe: Pipe, value: unknown, options: RenderOptions): unknown {
  let result: unknown;
  pipe.forEach((call, position) => {
    result = apply(call, position === 0 ? [] : [result], (term) => termValue(term, value, options));
  });
  return result;
}

function apply(call: Call, piped: unknown[], read: (term: Term) => unknown): unknown {
  const [head, ...others] = call;
  const operands = [...others.map(read), ...piped];
  if (head.kind === 'function') return FUNCTIONS[head.name]?.(...operands);
  return read(head);
}

function termValue(term: Term, value: unknown, options: RenderOptions): unknown {
  switch (term.kind) {
    case 'literal':
      return term.value;
    case 'function':
      return FUNCTIONS[term.name]?.();
    case 'group':
      return evaluate(term.pipe, value, options);
    case 'field':
      return fieldValue(term.path, value, options);
  }
}

function fieldValue(path: readonly string[], value: unknown, options: RenderOptions): unknown {
  let result = value;
  for (const name of path) {
    const isThere = result !== null && typeof result === 'object' && Object.hasOwn(result, name);
    if (!isThere && options.strict) throw new FormatError(options.template, `no field .${name}`);
    result = isThere ? (result as Record<string, unknown>)[name] : undefined;
  }
  return result;
}
