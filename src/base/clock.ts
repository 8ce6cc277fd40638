/** The only reader of the time of day: everything that is written into an image asks here. */
export const now = (): Date => new Date();

/** RFC 3339 in UTC, as OCI image-spec wants `created`. */
export const timestamp = (date: Date = now()): string => date.toISOString();
