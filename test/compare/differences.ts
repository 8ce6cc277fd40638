/** What differs between two images, or two outcomes, each difference at a place that a note can name. */
import type {ArchivedImage} from './archived-image.js';
import type {FileFacts, Files} from './layer-files.js';

export interface Difference {
  /** `config.Env`, `history.3`, `file etc/passwd mode`. */
  readonly place: string;
  /** Undefined where there is nothing. */
  readonly tsbuild: string | undefined;
  readonly buildkit: string | undefined;
}

export function imageDifferences(tsbuild: ArchivedImage, buildkit: ArchivedImage): Difference[] {
  return [
    ...valueDifferences('config', tsbuild.config, buildkit.config),
    ...valueDifferences('history', tsbuild.history, buildkit.history),
    ...valueDifferences('layers', tsbuild.layers, buildkit.layers),
    ...fileDifferences(tsbuild.files, buildkit.files),
  ];
}

/** Members of objects and places of lists one by one; absent, null, empty and false are one. */
export function valueDifferences(place: string, tsbuild: unknown, buildkit: unknown): Difference[] {
  if (isBlank(tsbuild) && isBlank(buildkit)) return [];
  if (isObject(tsbuild ?? buildkit) && isObject(buildkit ?? tsbuild)) {
    const left = (tsbuild ?? {}) as Record<string, unknown>;
    const right = (buildkit ?? {}) as Record<string, unknown>;
    const keys = [...new Set([...Object.keys(left), ...Object.keys(right)])];
    return keys.flatMap((key) => valueDifferences(`${place}.${key}`, left[key], right[key]));
  }
  const [left, right] = [text(tsbuild), text(buildkit)];
  return left === right ? [] : [{place, tsbuild: left, buildkit: right}];
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const isBlank = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (typeof value === 'object' && Object.keys(value).length === 0);

const text = (value: unknown): string | undefined =>
  value === undefined || typeof value === 'string' ? value : JSON.stringify(value);

function fileDifferences(tsbuild: Files, buildkit: Files): Difference[] {
  const paths = [...new Set([...tsbuild.keys(), ...buildkit.keys()])].sort();
  const [ours, theirs] = [linkedNames(tsbuild), linkedNames(buildkit)];
  return paths.flatMap((path) => {
    const place = `file ${printable(path)}`;
    const [left, right] = [tsbuild.get(path), buildkit.get(path)];
    if (left === undefined || right === undefined) {
      return [{place, tsbuild: summary(left), buildkit: summary(right)}];
    }
    return [
      ...Object.keys(left).flatMap((key) =>
        valueDifferences(
          `${place} ${key}`,
          left[key as keyof FileFacts],
          right[key as keyof FileFacts],
        ),
      ),
      ...valueDifferences(`${place} names`, ours.get(left), theirs.get(right)),
    ];
  });
}

/** All names of each file that has several. */
function linkedNames(files: Files): Map<FileFacts, string> {
  const names = new Map<FileFacts, string[]>();
  for (const [path, facts] of files) names.set(facts, [...(names.get(facts) ?? []), path]);
  return new Map(
    [...names].map(([facts, all]) => [facts, all.length > 1 ? all.sort().join(' ') : '']),
  );
}

const summary = (facts: FileFacts | undefined): string | undefined =>
  facts && `${facts.type} ${facts.mode} ${facts.owner}${facts.target && ` -> ${facts.target}`}`;

const printable = (name: string): string =>
  name.replace(/[^ -~]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
