/** An image as a builder saved it: its config, its history and its files. */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {applyLayer, type Files} from './layer-files.js';

export interface ArchivedImage {
  /** The image config without what cannot be equal: times, diffIDs, and the history, which is beside it. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly history: readonly string[];
  readonly layers: number;
  readonly files: Files;
}

interface HistoryEntry {
  readonly created_by?: string;
  readonly empty_layer?: boolean;
  readonly author?: string;
}

/** Reads what `docker save` and `tsbuild save` write. */
export async function readArchive(path: string): Promise<ArchivedImage> {
  const folder = mkdtempSync(join(tmpdir(), 'tsbuild-compare-'));
  try {
    execFileSync('tar', ['-x', '-f', path, '-C', folder]);
    const [image] = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
    const {created, rootfs, history, ...config} = JSON.parse(
      readFileSync(join(folder, image.Config), 'utf8'),
    );
    const files: Files = new Map();
    for (const layer of image.Layers) await applyLayer(files, join(folder, layer));
    const diffIDs: readonly string[] = rootfs?.diff_ids ?? [];
    return {
      config,
      history: (history ?? []).map(historyLine),
      layers: diffIDs.length,
      files,
    };
  } finally {
    rmSync(folder, {recursive: true});
  }
}

function historyLine({created_by = '', empty_layer = false, author}: HistoryEntry): string {
  return `${empty_layer ? 'empty' : 'layer'} ${created_by}${author === undefined ? '' : ` by ${author}`}`;
}
