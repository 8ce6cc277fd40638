/** A URL as it may be told: no user and password, and of a query only the names, for its values may be signatures. */
export function maskedURL(url: URL): string {
  const names = [...new Set(url.searchParams.keys())].map(encodeURIComponent);
  const query = names.length === 0 ? '' : `?${names.map((name) => `${name}=…`).join('&')}`;
  return `${url.protocol}//${url.host}${url.pathname}${query}`;
}
