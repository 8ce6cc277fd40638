/**
 * Numbers as docker shows them: SI sizes and rough ages.
 *
 * Source  docker/go-units, size.go HumanSize and duration.go HumanDuration.
 */
const SIZES = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** `5.12kB`: powers of 1000, at most `digits` significant digits (listings use 3). */
export function formatBytes(bytes: number, digits = 4): string {
  let value = bytes;
  let shown = rounded(value, digits);
  let unit = 0;
  while (shown >= 1000 && unit < SIZES.length - 1) {
    value /= 1000;
    shown = rounded(value, digits);
    unit++;
  }
  return `${shown}${SIZES[unit]}`;
}

const rounded = (value: number, digits: number): number => Number(value.toPrecision(digits));

/** `1.5s`, of milliseconds. */
export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)}s`;

/** `3 days ago`, of an RFC 3339 time; `N/A` for none, as for images without `created`. */
export function formatAge(created: string | undefined, now: Date): string {
  const time = created === undefined ? Number.NaN : Date.parse(created);
  if (Number.isNaN(time)) return 'N/A';
  return `${roughly((now.getTime() - time) / 1000)} ago`;
}

/** `About an hour`, of a number of seconds. */
export function roughly(time: number): string {
  const whole = Math.floor(time);
  if (whole < 1) return 'Less than a second';
  if (whole < MINUTE) return plural(whole, 'second');
  const minutes = Math.floor(whole / MINUTE);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return plural(minutes, 'minute');
  const hours = Math.floor(time / HOUR + 0.5);
  if (hours === 1) return 'About an hour';
  return roughlyFromHours(hours);
}

function roughlyFromHours(hours: number): string {
  const days = Math.floor(hours / 24);
  if (hours < 48) return plural(hours, 'hour');
  if (days < 14) return plural(days, 'day');
  if (days < 60) return plural(Math.floor(days / 7), 'week');
  if (days < 730) return plural(Math.floor(days / 30), 'month');
  return plural(Math.floor(days / 365), 'year');
}

/** `2 files`, of an English word that takes an s. */
export const plural = (count: number, unit: string): string =>
  `${count} ${unit}${count === 1 ? '' : 's'}`;
