/** Who somebody is to a registry. */
export type Credential =
  | {readonly kind: 'password'; readonly username: string; readonly password: string}
  /** A refresh token that a token server gave at login. */
  | {readonly kind: 'identity'; readonly username: string; readonly token: string}
  /** A bearer token that is shown as it is. */
  | {readonly kind: 'registry'; readonly token: string};
