/** Images of OCI layouts in the place of an image or a stage: `--build-context NAME=oci-layout://…`. */
import {readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

/** An image of one file, tagged made:v1, as `build -o` writes it. */
async function writeLayout(place: Place): Promise<string> {
  const layout = join(place.directory, 'layout');
  const files = place.context({
    Dockerfile: 'FROM scratch\nCOPY file /\nENV FROM_LAYOUT=yes\n',
    file: 'of the layout',
  });
  const flags = ['-t', 'made:v1', '-o', `type=oci,tar=false,dest=${layout}`];
  await place.ok(['build', ...flags, files]);
  return layout;
}

const manifestOf = (layout: string): string =>
  JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests[0].digest;

/** The largest blob is the layer. */
function layerOf(layout: string): string {
  const folder = join(layout, 'blobs/sha256');
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const isLayer = (path: string) => !readFileSync(path, 'latin1').startsWith('{');
  return paths.find(isLayer) ?? '';
}

describe.each(testUserNames)('an image of a layout, as %s', (user) => {
  test.each([
    {name: 'no directory', address: () => 'oci-layout://', message: 'want a directory after //'},
    {
      name: 'a directory that is no layout',
      address: (layout: string) => `oci-layout://${layout}/blobs`,
      message: 'want an OCI layout, got no index.json',
    },
    {
      name: 'a name that it has not',
      address: (layout: string) => `oci-layout://${layout}:v2`,
      message: 'want an image "v2"',
    },
    {
      name: 'a digest that it has not',
      address: (layout: string) => `oci-layout://${layout}@sha256:${'0'.repeat(64)}`,
      message: `want sha256:${'0'.repeat(64)} in`,
    },
    {
      name: 'half a digest',
      address: (layout: string) => `oci-layout://${layout}@sha256:12`,
      message: 'want sha256:12 in',
    },
  ])('is refused: $name', async ({address, message}) => {
    await using place = await openPlace(user);
    const layout = await writeLayout(place);
    const files = place.context({Dockerfile: 'FROM base\n'});
    const args = ['build', '--build-context', `base=${address(layout)}`, files];
    const {code, stderr} = await place.run(args);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  });

  test('whose layer is other bytes, or gone, is none', async (context) => {
    needs(context, 'user namespaces');
    await using made = await openPlace(user);
    const layout = await writeLayout(made);
    await using place = await openPlace(user);
    const files = place.context({Dockerfile: 'FROM base\nCOPY Dockerfile /\n'});
    const args = ['build', '--build-context', `base=oci-layout://${layout}`, files];
    const layer = layerOf(layout);
    writeFileSync(layer, Buffer.alloc(statSync(layer).size));
    expect((await place.run(args)).stderr).toContain('E_DIGEST_MISMATCH');
    rmSync(layer);
    expect((await place.run(args)).stderr).toContain('E_LAYER_ELSEWHERE');
  });

  test('stands in for images and stages, by tag, name, digest or alone', async (context) => {
    needs(context, 'user namespaces');
    await using made = await openPlace(user);
    const layout = await writeLayout(made);
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: [
        'FROM nowhere.invalid/base:1 AS based',
        'LABEL from="$FROM_LAYOUT"',
        'FROM scratch AS stage',
        'FROM busybox:latest',
        'COPY --from=copied file /copied',
        'COPY --from=stage file /of-stage',
        'RUN --mount=from=mounted,target=/m cat /m/file /copied /of-stage',
      ].join('\n'),
    });
    const address = `oci-layout://${layout}`;
    const flags = [
      `nowhere.invalid/base:1=${address}`,
      `copied=${address}:v1`,
      `stage=${address}:docker.io/library/made:v1`,
      `mounted=${address}@${manifestOf(layout)}`,
    ].flatMap((each) => ['--build-context', each]);
    const {log} = await place.build(files, 'out', ...flags);
    expect(log).toContain('of the layout'.repeat(3));
    await place.build(files, 'based', ...flags, '--target', 'based');
    const {stdout} = await place.ok(['image', 'inspect', 'based']);
    expect(stdout).toContain('"from": "yes"');
    await place.ok(['cache', 'prune', '--all', '--force']);
    const again = await place.build(files, 'based', ...flags, '--target', 'based');
    expect(again.log).not.toContain('ERROR');
    expect((await place.ok(['image', 'ls'])).stdout).not.toMatch(/<none>|made/);
  });

  test('is no base that a Dockerfile names by itself', async () => {
    await using place = await openPlace(user);
    const layout = await writeLayout(place);
    const files = place.context({Dockerfile: `FROM oci-layout://${layout}\n`});
    const {stderr} = await place.run(['build', files]);
    expect(stderr).toContain('E_BASE_IMAGE');
  });
});
