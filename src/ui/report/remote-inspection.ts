/** What a registry has under a name, for people: what it is, its images or its layers, what is about it. */
import type {RemoteInspection, RemoteManifest} from '../../app/registry/inspect-remote.js';
import {isIndex} from '../../oci/media-type.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {formatBytes} from '../text/units.js';

export function remoteInspectionLines(inspection: RemoteInspection): string[] {
  const {reference, place, digest, mediaType, manifests, referrers} = inspection;
  const lines = formatTable([
    ['Name:', reference],
    ['Digest:', digest],
    ['Type:', mediaType],
    ['From:', place],
  ]);
  const [only] = manifests;
  const content =
    isIndex(mediaType) || only === undefined ? imageTable(manifests) : layerTable(only);
  const about = [
    ['REFERRER', 'TYPE', 'SIZE'],
    ...referrers.map((each) => [
      each.digest,
      each.artifactType ?? each.mediaType,
      formatBytes(each.size, 3),
    ]),
  ];
  const tables = [content, ...(referrers.length === 0 ? [] : [about])];
  return [...lines, ...tables.flatMap((rows) => ['', ...formatTable(rows)])].map(printable);
}

const imageTable = (manifests: readonly RemoteManifest[]): string[][] => [
  ['PLATFORM', 'DIGEST', 'LAYERS', 'SIZE'],
  ...manifests.map(({platform, artifactType, digest, layers, size}) => [
    platform ?? artifactType ?? '<none>',
    digest,
    String(layers.length),
    formatBytes(size, 3),
  ]),
];

const layerTable = ({platform, artifactType, layers, size}: RemoteManifest): string[][] => [
  [platform ?? artifactType ?? '<none>', 'TYPE', 'SIZE'],
  ...layers.map((layer) => [layer.digest, layer.mediaType, formatBytes(layer.size, 3)]),
  ['with config', '', formatBytes(size, 3)],
];
