/**
 * Keeps secrets out of what a process prints: each is replaced by `***`, also where it comes in pieces.
 *
 * A secret of several lines is known by each of them, since a program rarely prints it whole; lines shorter than `SHORTEST` are
 * let pass, for they are braces and blanks. What may be the beginning of a secret is held back until more comes.
 */
const SHORTEST = 4;
const MASK = '***';
const NOTHING = /(?!)/g;

type Stream = 'stdout' | 'stderr';
type Output = (stream: Stream, data: Uint8Array) => void;

export class SecretMask {
  readonly #hidden: readonly string[];
  readonly #pattern: RegExp;
  readonly #heldBack: Record<Stream, string> = {stdout: '', stderr: ''};
  readonly #output: Output;

  constructor(secrets: readonly Uint8Array[], output: Output) {
    this.#hidden = [...new Set(secrets.flatMap(hiddenTexts))].sort(
      (left, right) => right.length - left.length,
    );
    const {length} = this.#hidden;
    this.#pattern = length === 0 ? NOTHING : new RegExp(this.#hidden.map(escaped).join('|'), 'g');
    this.#output = output;
  }

  write(stream: Stream, data: Uint8Array): void {
    // Bytes as characters: a secret need not be UTF-8, and a piece may end inside a character.
    const text = this.#heldBack[stream] + Buffer.from(data).toString('latin1');
    const end = this.#openEnd(text);
    this.#heldBack[stream] = text.slice(end);
    this.#emit(stream, text.slice(0, end));
  }

  /** At the end of the process. */
  end(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      this.#emit(stream, this.#heldBack[stream]);
      this.#heldBack[stream] = '';
    }
  }

  #emit(stream: Stream, text: string): void {
    if (text === '') return;
    this.#output(stream, Buffer.from(text.replace(this.#pattern, MASK), 'latin1'));
  }

  /** Where a secret begins that the text breaks off; its length when there is none. */
  #openEnd(text: string): number {
    const longest = this.#hidden[0]?.length ?? 0;
    const first = Math.max(0, text.length - longest + 1);
    for (let at = first; at < text.length; at++) {
      const rest = text.slice(at);
      if (this.#hidden.some((hidden) => hidden.length > rest.length && hidden.startsWith(rest))) {
        return this.#afterMatchOver(text, at);
      }
    }
    return text.length;
  }

  /** A whole secret that reaches over the place is not torn for the sake of one that might follow. */
  #afterMatchOver(text: string, at: number): number {
    for (const match of text.matchAll(this.#pattern)) {
      const end = match.index + match[0].length;
      if (match.index < at && end > at) return end;
    }
    return at;
  }
}

function hiddenTexts(secret: Uint8Array): string[] {
  const whole = Buffer.from(secret).toString('latin1').trim();
  const lines = whole.split(/[\r\n]+/);
  if (lines.length === 1) return whole === '' ? [] : [whole];
  return lines.map((line) => line.trim()).filter(({length}) => length >= SHORTEST);
}

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
