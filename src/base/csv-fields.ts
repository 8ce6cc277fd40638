/**
 * The fields of one line of CSV, as docker's flags use it: `type=oci,"dest=a,b.tar"`.
 *
 * A field that begins with a quote ends with one, and a quote inside it is written twice. Undefined when the quotes do
 * not match, or a line ends inside. Source: RFC 4180 § 2; Go's encoding/csv, which refuses a quote inside a bare field.
 */
export function csvFields(line: string): readonly string[] | undefined {
  const fields: string[] = [];
  let rest = line;
  for (;;) {
    const [whole, quoted, bare] = /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))(?=,|$)/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    fields.push(quoted?.replaceAll('""', '"') ?? bare ?? '');
    if (whole.length === rest.length) return fields;
    rest = rest.slice(whole.length + 1);
  }
}
