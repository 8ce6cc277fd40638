/** `sha256:…`, `sha384:…` or `sha512:…`, in hexadecimal digits. */
export const isChecksum = (text: string): boolean =>
  /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/.test(text);
