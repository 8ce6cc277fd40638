/**
 * A byte string: text whose every character is one byte (latin1), the form of names and link targets here.
 *
 * A file name on Linux is bytes, not text; as a byte string it sorts by bytes, keeps what is not UTF-8, and is the
 * very same string when it is ASCII, as nearly all are.
 */
export type ByteString = string;

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the definition of ASCII
const ascii = /^[\x00-\x7f]*$/;

/** What node:fs takes as this path. */
export const asPath = (bytes: ByteString): string | Buffer =>
  ascii.test(bytes) ? bytes : Buffer.from(bytes, 'latin1');

export const fromText = (text: string): ByteString =>
  ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');

/** For people: bytes that are not UTF-8 become U+FFFD. */
export const toText = (bytes: ByteString): string =>
  ascii.test(bytes) ? bytes : Buffer.from(bytes, 'latin1').toString('utf8');
