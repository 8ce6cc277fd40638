/**
 * Collects what rules report: each finding once, in order, without what is skipped.
 *
 * Options come from `# check=` or the build arg, and for one instruction from the comment right above it:
 * `# check=skip=UndefinedVar`. A comment that reads like options and is none stays a comment.
 * Source  buildkit v0.26 linter/linter.go, Linter.Run; moby/buildkit#6334 for the comment.
 */
import {CheckOptionsError} from '../errors.js';
import {type CheckOptions, holds, merged, parseCheckOptions} from './check-options.js';
import type {LintRule, LintWarning, Report, Subject} from './rule.js';
import {ruleURL} from './rule-url.js';

export class Linter {
  readonly #options: CheckOptions;
  readonly #warnings = new Map<string, LintWarning>();
  readonly #fatal = new Set<string>();

  constructor(options: CheckOptions) {
    this.#options = options;
  }

  readonly report: Report = (rule, message, subject) => {
    const options = this.#optionsFor(subject);
    if (!applies(rule, options)) return;
    const {lines} = subject;
    const {name, description} = rule;
    const place = lines === undefined ? {} : {lines};
    const key = `${name} ${lines?.first} ${lines?.last} ${message}`;
    const url = rule.advice === true ? {} : {url: ruleURL(name)};
    this.#warnings.set(key, {rule: name, ...url, description, message, ...place});
    if (options.error && rule.advice !== true) this.#fatal.add(name);
  };

  get warnings(): readonly LintWarning[] {
    return [...this.#warnings.values()];
  }

  /** Names of the rules that were broken and fail the build; none without `error=true`. */
  get fatal(): readonly string[] {
    return [...this.#fatal];
  }

  #optionsFor({comments = []}: Subject): CheckOptions {
    return comments.reduce((options, comment) => {
      const text = /^check\s*=\s*(.+)$/i.exec(comment)?.[1];
      const own = text === undefined ? undefined : readable(text);
      return own === undefined ? options : merged(options, own);
    }, this.#options);
  }
}

const applies = ({name, experimental}: LintRule, options: CheckOptions): boolean =>
  experimental === true ? holds(options.experimental, name) : !holds(options.skip, name);

function readable(text: string): CheckOptions | undefined {
  try {
    return parseCheckOptions(text);
  } catch (error) {
    if (error instanceof CheckOptionsError) return undefined;
    throw error;
  }
}
