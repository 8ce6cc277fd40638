/** The header of a user with a password. Source: RFC 7617. */
export const basic = ({username, password}: {username: string; password: string}): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/** The same of an address that has a user in it. */
export function basicOf({username, password}: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  return basic({username: decoded(username), password: decoded(password)});
}

/** What is not percent-encoded stands for itself. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
