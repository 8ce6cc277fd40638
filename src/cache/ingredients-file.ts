/** The files that entered a key, as a JSON array that is written as they come: a context may have a million. */
import {closeSync, openSync, writeFileSync} from 'node:fs';
import type {Ingredient} from './cache-record.js';

const PIECE = 1 << 16;

/** Whether there were any: else no file is made. */
export function writeIngredients(path: string, ingredients: Iterable<Ingredient>): boolean {
  let file: number | undefined;
  try {
    let text = '';
    for (const ingredient of ingredients) {
      text += `${file === undefined ? '[' : ',\n'}${JSON.stringify(ingredient)}`;
      file ??= openSync(path, 'w');
      if (text.length < PIECE) continue;
      writeFileSync(file, text);
      text = '';
    }
    if (file !== undefined) writeFileSync(file, `${text}]\n`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
  return file !== undefined;
}
