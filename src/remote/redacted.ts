import {QUERY_KEYS} from './git/query-keys.js';

/**
 * A text with addresses in it, as it may be told: user and password of each hidden, but for the user that ssh logs in as,
 * and the values of its query, which may be a signature or a token, but for those that name what is taken of a repository.
 */
export function redacted(text: string): string {
  if (!text.includes('://')) return text;
  return withoutQueries(withoutUsers(text));
}

const withoutUsers = (text: string): string =>
  text.replace(
    /(?<scheme>[a-z+]{1,20}):\/\/(?<user>[^\s/@:]*)(?<password>:[^\s/@]*)?@/gi,
    (...found) => {
      const {scheme, user, password} = found.at(-1) as Record<string, string | undefined>;
      if (password !== undefined) return `${scheme}://xxxxx:xxxxx@`;
      return `${scheme}://${scheme === 'ssh' ? user : 'xxxxx'}@`;
    },
  );

const withoutQueries = (text: string): string => text.replace(/[^\s#"']+/g, withoutQuery);

/** Of what has an address in it, and no blank. */
function withoutQuery(word: string): string {
  const address = word.search(/[a-z+]:\/\//i);
  const query = address === -1 ? -1 : word.indexOf('?', address);
  if (query === -1) return word;
  const pairs = word.slice(query + 1).split('&');
  return `${word.slice(0, query + 1)}${pairs.map(withoutValue).join('&')}`;
}

function withoutValue(pair: string): string {
  if (pair === '') return pair;
  const [key = '', value] = pair.split('=', 2);
  if (QUERY_KEYS.includes(key)) return pair;
  return value === undefined ? 'xxxxx' : `${key}=xxxxx`;
}
