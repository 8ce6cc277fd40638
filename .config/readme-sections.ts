/** The parts of README.md that are made from the code: the command reference and the error codes. */
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {COMMANDS} from '../src/command-classes.js';

type CommandClass = (typeof COMMANDS)[string];
type Flags = CommandClass['flags'];

/** The README with what stands between its `<!-- name -->` and `<!-- /name -->` lines made anew. */
export function withGeneratedSections(readme: string): string {
  return replaced(replaced(readme, 'commands', commandReference()), 'errors', errorTable());
}

function replaced(readme: string, name: string, body: string): string {
  const section = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!section.test(readme)) throw new Error(`README.md has no section ${name}`);
  return readme.replace(section, (_, open: string, close: string) => `${open}${body}${close}`);
}

function commandReference(): string {
  const entries = Object.entries(COMMANDS).map(([id, Class]) => describe(id, Class));
  const silent = Object.entries(COMMANDS).filter(([, {enableJsonFlag}]) => !enableJsonFlag);
  const except = silent.map(([id]) => `\`${spaced(id)}\``).join(' and ');
  const root = COMMANDS['build']?.baseFlags['root'];
  return [
    '',
    ...entries,
    `Every command takes \`--root=DIR\` (${root?.description}) and \`--help\`; all but ${except} take \`--json\`: the result, or the failure, as JSON on stdout.`,
    '',
  ].join('\n\n');
}

function describe(id: string, Class: CommandClass): string {
  const name = spaced(id);
  const aliases = (Class.aliases ?? []).map((alias) => `\`${spaced(alias)}\``);
  const also = aliases.length === 0 ? '' : `; also ${aliases.join(', ')}`;
  return [
    `**\`tsbuild ${usage(name, Class)}\`** — ${Class.summary}${also}`,
    ...(Class.description === undefined ? [] : ['', Class.description]),
    ...flagTable(Class.flags),
  ].join('\n');
}

function usage(name: string, Class: CommandClass): string {
  if (typeof Class.usage === 'string') return Class.usage.replace(' [FLAGS]', '');
  const args = Object.entries(Class.args).map(([arg, {required, multiple}]) => {
    const word = `${arg.toUpperCase()}${multiple ? '...' : ''}`;
    return required ? word : `[${word}]`;
  });
  return [name, ...args].join(' ');
}

function flagTable(flags: Flags): string[] {
  const rows = Object.entries(flags ?? {}).map(([name, flag]) => {
    const value = flag.type === 'option' ? `=${valueName(name, flag)}` : '';
    const short = flag.char === undefined ? '' : `-${flag.char}, `;
    const repeats = flag.type === 'option' && flag.multiple ? '; may be repeated' : '';
    const variable =
      flag.env === undefined ? '' : `; by default \`${flag.env}\` of the environment`;
    return `| \`${short}--${name}${cell(value)}\` | ${cell(`${flag.description}${repeats}${variable}`)} |`;
  });
  return rows.length === 0 ? [] : ['', '| flag | |', '| --- | --- |', ...rows];
}

function valueName(name: string, flag: Flags[string] & {type: 'option'}): string {
  if (flag.options !== undefined) return flag.options.join('|');
  return String(flag.helpValue ?? name.toUpperCase());
}

/** Classes with a code, each with the first sentence of its docstring, or none. */
function errorTable(): string {
  const rows = readdirSync('src', {recursive: true, encoding: 'utf8'})
    .filter((path) => path.endsWith('.ts'))
    .sort()
    .flatMap((path) => errorsOf(readFileSync(join('src', path), 'utf8')));
  const unique = new Map(rows.map((row) => [row.code, row]));
  const sorted = [...unique.values()].sort((left, right) => (left.code < right.code ? -1 : 1));
  const lines = sorted.map(({code, meaning}) => `| \`${code}\` | ${cell(meaning)} |`);
  return `\n| code | when |\n| --- | --- |\n${lines.join('\n')}\n\n`;
}

const ERROR =
  /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export class (\w+)Error [^{]*\{(?:(?!export class)[\s\S])*?readonly code(?:: [^=]+)? = '(E_\w+)'/g;

function errorsOf(source: string): {code: string; meaning: string}[] {
  return [...source.matchAll(ERROR)].map(([, doc, name = '', code = '']) => ({
    code,
    meaning: doc === undefined ? words(name) : firstSentence(doc),
  }));
}

function firstSentence(doc: string): string {
  const text = doc.replaceAll(/\s*\n\s*\* ?/g, ' ').trim();
  return /^(.*?[^.])(?:[.:]\s|[.:]?$)/.exec(text)?.[1] ?? text;
}

/** `UnknownInstruction` → `unknown instruction`. */
const words = (name: string): string =>
  name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

const spaced = (id: string): string => id.replaceAll(':', ' ');

const cell = (text: string): string => text.replaceAll('|', '\\|');
