import {InvalidOptionError} from './errors.js';

const unitSeconds: Readonly<Record<string, number>> = {h: 3600, m: 60, s: 1};

/** `--filter until=`: RFC 3339, or how long ago, like `24h` or `1h30m`, as milliseconds since the epoch. */
export function parseUntil(text: string): number {
  if (/^(?:\d+(?:\.\d+)?[hms])+$/.test(text)) {
    const parts = [...text.matchAll(/([\d.]+)([hms])/g)];
    const seconds = parts.reduce(
      (sum, [, n, unit]) => sum + Number(n) * (unitSeconds[unit ?? ''] ?? 0),
      0,
    );
    return Date.now() - seconds * 1000;
  }
  const time = Date.parse(text);
  if (Number.isNaN(time)) {
    throw new InvalidOptionError(
      '--filter until',
      `want a time or a duration like 24h, got ${text}`,
    );
  }
  return time;
}
