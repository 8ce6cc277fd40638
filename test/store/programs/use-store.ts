/** One user of a shared store: `use-store.ts <root> <what> [<argument>]`. */
import {setTimeout as sleep} from 'node:timers/promises';
import {digestOf} from '../../../src/oci/digest.js';
import {parseReference} from '../../../src/oci/reference.js';
import {openStore, type Store} from '../../../src/store/store.js';
import {storeImageOfText} from '../../helpers/stored-image.js';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const uses: Readonly<Record<string, (store: Store, argument: string) => Promise<void>>> = {
  async tag(store, argument) {
    for (let index = 0; index < 20; index++) {
      const {manifest} = storeImageOfText(store, `${index % 5}`, argument);
      await store.references.tag(parseReference(`${argument}:${index}`), manifest);
    }
  },
  /** Pushes blobs without end, slowly, each of chunks that tell how far it is. */
  async push(store) {
    for (let blob = 0; ; blob++) {
      const chunks = Array.from({length: 20}, (_, index) => Buffer.alloc(100_000, blob + index));
      const whole = Buffer.concat(chunks);
      const slowly = async function* () {
        for (const chunk of chunks) {
          yield chunk;
          await sleep(1);
        }
      };
      const target = {mediaType: 'x/y', digest: digestOf(whole), size: whole.byteLength};
      const pushing = store.blobs.push(target, slowly());
      say('pushing');
      await pushing;
      await store.references.tag(parseReference(`pushed:${blob}`), target);
    }
  },
  /** Holds what `argument` names, until it is killed. */
  async lease(store, argument) {
    store.leases.hold(argument, () => true);
    say('holding');
    await sleep(600_000);
  },
  /** Asks who holds what, without end. */
  async ask(store) {
    say('asking');
    for (;;) store.leases.held();
  },
  /** Holds a draft and the store until it is killed. */
  async hold(store) {
    store.ingest.draft();
    say('holding');
    await sleep(600_000);
  },
};

const [, , root = '', what = '', argument = ''] = process.argv;
await using store = await openStore(root, {lock: 'shared'});
await uses[what]?.(store, argument);
