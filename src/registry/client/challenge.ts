/**
 * WWW-Authenticate: how a server wants to be told who asks.
 *
 * Several challenges may stand in one header; values may be quoted and hold commas.
 * Source  RFC 9110 § 11.6.1; docker's Token Authentication Specification.
 */
export interface Challenge {
  /** Lower case: `bearer`, `basic`. */
  readonly scheme: string;
  /** Names in lower case. */
  readonly parameters: Readonly<Record<string, string>>;
}

const LONGEST = 16_384;
const PIECE =
  /\s*(?:,\s*)*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))|([\w!#$%&'*+.^`|~-]+))/y;

/** What cannot be read ends it. */
export function parseChallenges(header: string | null): readonly Challenge[] {
  const text = (header ?? '').slice(0, LONGEST);
  const challenges: {scheme: string; parameters: Record<string, string>}[] = [];
  PIECE.lastIndex = 0;
  for (let piece = PIECE.exec(text); piece !== null; piece = PIECE.exec(text)) {
    const [, name, quoted, plain, scheme] = piece;
    if (scheme !== undefined) challenges.push({scheme: scheme.toLowerCase(), parameters: {}});
    const current = challenges.at(-1);
    if (name === undefined || current === undefined) continue;
    current.parameters[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain ?? '';
  }
  return challenges;
}
