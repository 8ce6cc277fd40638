/** Tells a pull or a push, on stderr: docker's lines, or bars where there is a terminal. */
import type {TransferEvent} from '../../app/registry/transfer-event.js';
import {TransferBars} from './transfer-bars.js';
import {TransferLines} from './transfer-lines.js';

export interface TransferProgress {
  on(event: TransferEvent): void;
  /** Safe to call twice. */
  end(): void;
}

export function transferProgress(quiet: boolean, stream = process.stderr): TransferProgress {
  const write = (text: string): void => void stream.write(text);
  const lines = new TransferLines(write, {quiet});
  if (quiet || !stream.isTTY || process.env['TERM'] === 'dumb') return lines;
  return new TransferBars(lines, {write, columns: () => stream.columns ?? 80});
}

/** Tells what `act` does, as long as it takes. */
export async function tellingTransfer<Out>(
  quiet: boolean,
  act: (onEvent: TransferProgress['on']) => Promise<Out>,
): Promise<Out> {
  const progress = transferProgress(quiet);
  try {
    return await act((event) => progress.on(event));
  } finally {
    progress.end();
  }
}
