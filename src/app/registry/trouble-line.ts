import type {TransferEvent} from './transfer-event.js';

/** What went wrong on the way, and did not end it, as a line. */
export function troubleLine(event: TransferEvent): string | undefined {
  switch (event.kind) {
    case 'skipped':
      return `${event.place} skipped: ${event.reason}`;
    case 'retry': {
      const {attempt, error, wait} = event.retry;
      return `${event.place}: attempt ${attempt} failed, again in ${(wait / 1000).toFixed(1)} s: ${error.message}`;
    }
    case 'warning':
      return `warning: ${event.warning}`;
    default:
      return undefined;
  }
}
