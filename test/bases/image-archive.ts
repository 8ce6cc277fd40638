/**
 * Writes an image as one tar that is both an OCI layout and what `docker load` reads, as docker's own `save` does
 * since 25: blobs/sha256/<hex>, index.json and oci-layout, and manifest.json beside them.
 *
 * Source  OCI image-spec v1.1.1, image-layout.md; moby image-spec v1.3.
 */
import {createHash} from 'node:crypto';
import {createReadStream, createWriteStream, renameSync, rmSync, statSync} from 'node:fs';
import {Transform} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {type Header, pack} from 'tar-stream';
import type {FileNode, FileTree} from './file-tree.js';

export interface ArchivedImage {
  /** `busybox:latest`, a name of Docker Hub's library. */
  readonly references: readonly string[];
  readonly config: Readonly<Record<string, unknown>>;
  /** Further members of the config document: `author`. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Base first. */
  readonly layers: readonly FileTree[];
}

interface Blob {
  readonly hex: string;
  readonly size: number;
  readonly from: {readonly path: string} | {readonly data: Buffer};
}

const ARCHITECTURES: Readonly<Record<string, string>> = {x64: 'amd64', arm64: 'arm64'};
const CREATED = '2023-11-14T22:13:20Z';

export async function writeImageArchive(path: string, image: ArchivedImage): Promise<void> {
  const layers: Blob[] = [];
  try {
    for (const [index, tree] of image.layers.entries()) {
      layers.push(await writeLayer(`${path}.layer${index}`, tree));
    }
    await writeArchive(`${path}.tmp`, image, layers);
    renameSync(`${path}.tmp`, path);
  } finally {
    for (const layer of layers) if ('path' in layer.from) rmSync(layer.from.path);
  }
}

async function writeArchive(path: string, image: ArchivedImage, layers: Blob[]): Promise<void> {
  const config = jsonBlob({
    created: CREATED,
    architecture: ARCHITECTURES[process.arch] ?? process.arch,
    os: 'linux',
    ...image.fields,
    config: image.config,
    rootfs: {type: 'layers', diff_ids: layers.map((layer) => `sha256:${layer.hex}`)},
    history: layers.map(() => ({created: CREATED, created_by: 'debian packages'})),
  });
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    config: descriptor('application/vnd.oci.image.config.v1+json', config),
    layers: layers.map((layer) => descriptor('application/vnd.oci.image.layer.v1.tar', layer)),
  });
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: image.references.map((reference) => ({
      ...descriptor('application/vnd.oci.image.manifest.v1+json', manifest),
      annotations: {
        'io.containerd.image.name': `docker.io/library/${reference}`,
        'org.opencontainers.image.ref.name': reference.split(':')[1],
      },
    })),
  };
  const docker = [
    {Config: blobPath(config), RepoTags: image.references, Layers: layers.map(blobPath)},
  ];

  await writeTar(path, async (add) => {
    await add({name: 'oci-layout'}, text('{"imageLayoutVersion":"1.0.0"}'));
    await add({name: 'index.json'}, text(JSON.stringify(index)));
    await add({name: 'manifest.json'}, text(JSON.stringify(docker)));
    for (const blob of [config, manifest, ...layers]) await add({name: blobPath(blob)}, blob);
  });
}

async function writeLayer(path: string, tree: FileTree): Promise<Blob> {
  const entries = [...tree.entries()].sort(([a], [b]) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  const firstName = new Map<FileNode, string>();
  const hex = await writeTar(path, async (add) => {
    for (const [name, node] of entries) {
      const first = node.type === 'file' ? firstName.get(node) : undefined;
      firstName.set(node, first ?? name);
      await add(entryHeader(name, node, first), first === undefined ? text(node.data) : text(''));
    }
  });
  return {hex, size: statSync(path).size, from: {path}};
}

function entryHeader(name: string, node: FileNode, link: string | undefined): EntryHeader {
  const common = {
    mode: node.mode,
    uid: node.uid,
    gid: node.gid,
    mtime: new Date(node.mtime * 1000),
  };
  if (link !== undefined) return {...common, name, type: 'link', linkname: link};
  if (node.type === 'directory') return {...common, name: `${name}/`, type: 'directory'};
  if (node.type === 'symlink') return {...common, name, type: 'symlink', linkname: node.target};
  return {...common, name, type: 'file'};
}

type EntryHeader = Partial<Header> & Pick<Header, 'name'>;
type Add = (header: EntryHeader, content: Pick<Blob, 'size' | 'from'>) => Promise<void>;

/** Runs `fill` over a tar that goes to `path`; returns the hex sha256 of what was written. */
async function writeTar(path: string, fill: (add: Add) => Promise<void>): Promise<string> {
  const tar = pack();
  const hash = createHash('sha256');
  const hashed = new Transform({
    transform: (chunk, _encoding, done) => {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  const written = pipeline(tar, hashed, createWriteStream(path));
  const add: Add = (header, {size, from}) =>
    new Promise((resolve, reject) => {
      const entry = tar.entry({mtime: new Date(0), mode: 0o644, ...header, size}, (error) =>
        error ? reject(error) : resolve(),
      );
      if ('path' in from) createReadStream(from.path, {highWaterMark: 1 << 20}).pipe(entry);
      else if (header.type === undefined || header.type === 'file') entry.end(from.data);
    });
  await fill(add);
  tar.finalize();
  await written;
  return hash.digest('hex');
}

const text = (data: string | Buffer) => ({
  size: Buffer.byteLength(data),
  from: {data: Buffer.from(data)},
});

function jsonBlob(value: unknown): Blob {
  const data = Buffer.from(JSON.stringify(value));
  return {hex: createHash('sha256').update(data).digest('hex'), size: data.length, from: {data}};
}

const blobPath = (blob: Blob): string => `blobs/sha256/${blob.hex}`;

const descriptor = (mediaType: string, blob: Blob) => ({
  mediaType,
  digest: `sha256:${blob.hex}`,
  size: blob.size,
});
