/** What the launcher puts before an argument that Node would take for its own (src/linux/native/enter.c). */
const SIGN = '\u0001';

/** The command line as it was typed, behind the program's name. */
export const typedArguments = (argv: readonly string[]): string[] =>
  argv.slice(2).map((argument) => (argument.startsWith(SIGN) ? argument.slice(1) : argument));
