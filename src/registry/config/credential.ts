/** Who somebody is to a registry. */
export type Credential =
  | {readonly kind: 'password'; readonly username: string; readonly password: string}
  /** A refresh token that a token server gave at login. */
  | {readonly kind: 'identity'; readonly username: string; readonly token: string}
  /** A bearer token that is shown as it is. */
  | {readonly kind: 'registry'; readonly token: string};

/** What may stand in a header. Source: RFC 6750 § 2.1, and servers that hold less to it. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]+$/.test(text);
