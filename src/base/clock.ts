/** The only reader of the time of day: everything that is written into an image asks here. */
export const now = (): Date => new Date();

/** RFC 3339 in UTC, as OCI image-spec wants `created`. */
export const timestamp = (date: Date = now()): string => date.toISOString();

/** Whole seconds since 1970, as a tar has them. */
export const secondsOf = (date: Date): number => Math.floor(date.getTime() / 1000);

/** Seconds; the year 9999 ends, after which RFC 3339 has no name for a time. */
const LAST = 253_402_300_799;

/**
 * A text as SOURCE_DATE_EPOCH has it, in seconds since 1970; undefined when it is none.
 *
 * Source  reproducible-builds.org/specs/source-date-epoch.
 */
export function parseEpoch(text: string): Date | undefined {
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  return seconds <= LAST ? new Date(seconds * 1000) : undefined;
}
