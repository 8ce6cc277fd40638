/** Every command loaded, in the shape of oclif's `explicit` strategy: for its help and our reference. */
import {commands} from './commands.js';

export const COMMANDS = Object.fromEntries(
  await Promise.all(commands.map(async ({id, load}) => [id, (await load()).default] as const)),
);
