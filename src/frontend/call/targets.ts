/** `--call targets`: the stages one can ask for. Only the text is read. */
import {descriptionOf} from '../../dockerfile/description.js';
import type {FromInstruction} from '../../dockerfile/instruction.js';
import type {Lines} from '../../dockerfile/location.js';
import {parseDockerfile} from '../../dockerfile/stages.js';

export interface Target {
  /** A stage without one goes by its number. */
  readonly name: string | undefined;
  readonly index: number;
  readonly description: string | undefined;
  /** The stage that is built when nobody says which. */
  readonly isDefault: boolean;
  /** As written. */
  readonly base: string;
  readonly platform: string | undefined;
  readonly lines: Lines;
}

export function listTargets(text: string): readonly Target[] {
  const {stages} = parseDockerfile(text);
  return stages.map(({from, index}) => ({
    name: from.name,
    index,
    description: stageDescription(from),
    isDefault: index === stages.length - 1,
    base: from.base,
    platform: from.platform,
    lines: from.lines,
  }));
}

export const stageDescription = ({written, name, comments}: FromInstruction) =>
  descriptionOf([written?.name, name], comments);
