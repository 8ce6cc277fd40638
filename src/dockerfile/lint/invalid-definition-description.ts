import type {ArgInstruction, FromInstruction, Instruction} from '../instruction.js';
import type {Dockerfile} from '../stages.js';
import type {LintRule, Report} from './rule.js';

const rule: LintRule = {
  name: 'InvalidDefinitionDescription',
  description:
    'Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.',
  experimental: true,
};

/** The last line of the comment above has to begin with the name; options of the linter are no description. */
export function checkInvalidDefinitionDescription(dockerfile: Dockerfile, report: Report): void {
  const all: readonly Instruction[] = [
    ...dockerfile.globalArgs,
    ...dockerfile.stages.flatMap(({from, instructions}) => [from, ...instructions]),
  ];
  for (const instruction of all) {
    if (instruction.kind === 'from' || instruction.kind === 'arg') check(instruction, report);
  }
}

function check(instruction: FromInstruction | ArgInstruction, report: Report): void {
  const names =
    instruction.kind === 'arg' ? instruction.args.map(({key}) => key) : stageNames(instruction);
  const comment = instruction.comments.filter((line) => !/^check\s*=/i.test(line)).at(-1);
  const [first] = names;
  if (
    comment === undefined ||
    first === undefined ||
    names.includes(comment.split(' ', 1)[0] ?? '')
  ) {
    return;
  }
  const example = names.length > 1 ? '<arg_key>' : first;
  const keyword = instruction.kind.toUpperCase();
  report(
    rule,
    `Comment for ${keyword} should follow the format: \`# ${example} <description>\``,
    instruction,
  );
}

const stageNames = ({name}: FromInstruction): string[] => (name === undefined ? [] : [name]);
