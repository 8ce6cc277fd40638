/** What a step wrote, as printable lines with the seconds since it started; a bounded tail is remembered. */
import {LogLines} from './log-lines.js';

export const REMEMBERED = 20;

export class VertexLog {
  readonly #startedAt: number;
  readonly #streams = {stdout: new LogLines(), stderr: new LogLines()};
  readonly #tail: string[] = [];

  constructor(startedAt: number) {
    this.#startedAt = startedAt;
  }

  /** `0.330 text` for each line that is complete now. */
  push(stream: 'stdout' | 'stderr', data: Uint8Array, at: number): string[] {
    return this.#stamp(this.#streams[stream].push(data), at);
  }

  /** Lines that never got an end. */
  end(at: number): string[] {
    return this.#stamp([...this.#streams.stdout.end(), ...this.#streams.stderr.end()], at);
  }

  /** The last lines, at most REMEMBERED. */
  get tail(): readonly string[] {
    return this.#tail;
  }

  #stamp(lines: readonly string[], at: number): string[] {
    const seconds = ((at - this.#startedAt) / 1000).toFixed(3);
    const stamped = lines.map((line) => `${seconds} ${line}`);
    this.#tail.push(...stamped.slice(-REMEMBERED));
    this.#tail.splice(0, this.#tail.length - REMEMBERED);
    return stamped;
  }
}
