/** The bytes as a stream that comes in pieces of `size`. */
export async function* chunks(bytes: Buffer, size = bytes.length): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}
