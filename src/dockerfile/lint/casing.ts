/** How the keyword of an instruction is written. */
export const keywordOf = ({source}: {readonly source: string}): string =>
  /^\S+/.exec(source)?.[0] ?? '';

export const isLower = (word: string): boolean => word === word.toLowerCase();
export const isUpper = (word: string): boolean => word === word.toUpperCase();
