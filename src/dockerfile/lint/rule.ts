/**
 * What a lint rule is, and how a check tells what it found.
 *
 * Names, messages and descriptions are docker's, so that they can be searched for and skipped by the same name.
 * Source  buildkit v0.26 frontend/dockerfile/linter/ruleset.go; docker's build checks reference.
 */
import type {Lines} from '../location.js';

export interface LintRule {
  readonly name: string;
  readonly description: string;
  /** Only when `experimental=` asks for it. */
  readonly experimental?: boolean;
  /** Of tsbuild, not of docker: shown, but never a reason to fail what docker builds. */
  readonly advice?: boolean;
}

/** What a rule was broken by. */
export interface Subject {
  /** Absent when it is the command line. */
  readonly lines?: Lines;
  /** The comment above, which may skip rules. */
  readonly comments?: readonly string[];
}

export type Report = (rule: LintRule, message: string, subject: Subject) => void;

export interface LintWarning {
  readonly rule: string;
  /** Where docker explains it; absent for advice. */
  readonly url?: string;
  readonly description: string;
  readonly message: string;
  readonly lines?: Lines;
}
