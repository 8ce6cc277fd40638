import {ExpansionError} from './errors.js';

/** `ENV a=$a$a` doubles with each line; nobody needs values this long. */
const maxLength = 1024 * 1024;

export function boundLength(text: string): void {
  if (text.length > maxLength) {
    throw new ExpansionError(`expands to more than ${maxLength} characters`);
  }
}

/** Collects the text and, beside it, its words. */
export class WordCollector {
  #text = '';
  #word = '';
  readonly #words: string[] = [];

  /** Blanks in it separate words. */
  splitting(text: string): void {
    this.#text += text;
    boundLength(this.#text);
    if (!/\s/.test(text)) {
      this.#word += text;
      return;
    }
    for (const [index, part] of text.split(/\s+/).entries()) {
      if (index > 0) this.#close();
      this.#word += part;
    }
  }

  /** Blanks in it belong to the word. */
  whole(text: string): void {
    this.#text += text;
    boundLength(this.#text);
    this.#word += text;
  }

  end(): {text: string; words: string[]} {
    this.#close();
    return {text: this.#text, words: this.#words};
  }

  #close(): void {
    if (this.#word !== '') this.#words.push(this.#word);
    this.#word = '';
  }
}
