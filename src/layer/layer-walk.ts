import {type EntryWalk, withTimes} from './entry-walk.js';
import {UpperWalk} from './upper-walk.js';

/** The files of a layer's directory; with `newest`, in seconds, what is younger is that old. */
export function layerWalk(upper: string, newest: number | undefined): EntryWalk {
  const walk = new UpperWalk(upper);
  return newest === undefined ? walk : withTimes(walk, (own) => Math.min(own, newest));
}
