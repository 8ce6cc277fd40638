import {randomInt} from 'node:crypto';

const qualities =
  'amber bold brisk calm clear clever crisp eager early fair fleet fresh gentle glad grand happy keen kind lively lucid mellow merry neat noble plain proud quick quiet rapid ready sharp smooth solid steady still sunny swift tidy warm wise';
const things =
  'anchor beacon birch bridge canyon cedar comet coral delta ember falcon fern fjord garnet glacier harbor heron island juniper lagoon lantern lark maple meadow mesa orchard otter pebble pine prairie quarry raven reef ridge river sparrow spruce summit tundra willow';

/** A name like `quiet-harbor` that is easy to say and not taken; a number is added when most are. */
export function newName(taken: (name: string) => boolean): string {
  const pick = (words: string): string => {
    const list = words.split(' ');
    return list[randomInt(list.length)] ?? '';
  };
  for (let attempt = 0; ; attempt++) {
    const name = `${pick(qualities)}-${pick(things)}${attempt < 8 ? '' : randomInt(1000)}`;
    if (!taken(name)) return name;
  }
}
