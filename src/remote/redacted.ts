/** A text with addresses in it, as it may be told: user and password of each hidden, but for the user that ssh logs in as. */
export function redacted(text: string): string {
  if (!text.includes('://')) return text;
  return text.replace(
    /\b(?<scheme>[a-z+]+):\/\/(?<user>[^\s/@:]*)(?<password>:[^\s/@]*)?@/gi,
    (...found) => {
      const {scheme, user, password} = found.at(-1) as Record<string, string | undefined>;
      if (password !== undefined) return `${scheme}://xxxxx:xxxxx@`;
      return `${scheme}://${scheme === 'ssh' ? user : 'xxxxx'}@`;
    },
  );
}
