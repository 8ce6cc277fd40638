/** A Python wheel of many small modules: what `pip install` unpacks and compiles. Source: PEP 427. */
import {createHash} from 'node:crypto';
import {storedZip, type ZipFile} from './zip.js';

export function wheel(name: string, modules: number, random: () => number): Buffer {
  const info = `${name}-1.0.dist-info`;
  const files: ZipFile[] = [
    entry(`${name}/__init__.py`, '__version__ = "1.0"\n'),
    ...Array.from({length: modules}, (_, index) =>
      entry(`${name}/m${index}.py`, functions(random)),
    ),
    entry(`${info}/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: 1.0\n`),
    entry(
      `${info}/WHEEL`,
      'Wheel-Version: 1.0\nGenerator: bench\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ),
  ];
  const record = files.map(
    (file) => `${file.name},sha256=${digest(file.data)},${file.data.length}\n`,
  );
  return storedZip([...files, entry(`${info}/RECORD`, `${record.join('')}${info}/RECORD,,\n`)]);
}

function functions(random: () => number): string {
  const count = 5 + Math.floor(random() * 40);
  return Array.from(
    {length: count},
    (_, index) =>
      `def f${index}(a, b=${Math.floor(random() * 1e6)}):\n    """adds"""\n    return a + b\n\n`,
  ).join('');
}

const entry = (name: string, text: string): ZipFile => ({name, data: Buffer.from(text)});
const digest = (data: Buffer): string => createHash('sha256').update(data).digest('base64url');
