/** The arrows of the house: a folder of src/ imports itself and lower rows, never sideways, never up. */
const layers = [
  ['base'],
  ['oci', 'archive', 'linux'],
  ['content', 'layer', 'http'],
  ['dockerfile', 'graph', 'store', 'history', 'registry', 'snapshot', 'remote'],
  ['frontend', 'cache', 'sandbox', 'server'],
  ['solver', 'export', 'container'],
  ['app'],
  ['ui', 'api'],
];

const arrows = layers.flatMap((peers, rank) =>
  peers.map((folder) => {
    const notBelow = layers
      .slice(rank)
      .flat()
      .filter((other) => other !== folder);
    return {
      name: `${folder}-imports-only-below`,
      severity: 'error',
      from: {path: `^src/${folder}/`},
      to: {path: `^(commands|${notBelow.map((other) => `src/${other}`).join('|')})/`},
    };
  }),
);

export default {
  forbidden: [
    ...arrows,
    {name: 'no-cycles', severity: 'error', from: {}, to: {circular: true}},
    {
      name: 'commands-stay-thin',
      severity: 'error',
      from: {path: '^commands/'},
      to: {path: '^src/(?!app/|ui/)'},
    },
    {
      name: 'only-linux-calls-the-kernel',
      severity: 'error',
      from: {path: '^src/(?!linux/)'},
      to: {path: 'node_modules/koffi'},
    },
  ],
  options: {
    doNotFollow: {path: 'node_modules'},
    tsPreCompilationDeps: true,
    tsConfig: {fileName: 'tsconfig.json'},
  },
};
