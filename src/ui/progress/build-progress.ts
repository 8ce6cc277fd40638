/** The progress of a build on this process's stderr. */
import {now} from '../../base/clock.js';
import type {Source} from '../../dockerfile/source-frame.js';
import {chooseProgress} from './choose-progress.js';
import {SHOW_CURSOR} from './live-area.js';
import type {Mode} from './progress.js';
import {ProgressSession} from './progress-session.js';
import type {Terminal} from './tty.js';

/** `onSource` hears which Dockerfile is built, once it is read. */
export function buildProgress(mode: Mode, onSource: (source: Source) => void): ProgressSession {
  const terminal = stderrTerminal();
  const isLive = terminal !== undefined && (mode === 'auto' || mode === 'tty');
  if (isLive) process.once('exit', () => process.stderr.write(SHOW_CURSOR));
  const progress = chooseProgress(mode, {
    write: (text) => text !== '' && process.stderr.write(text),
    terminal,
    epoch: now().getTime(),
  });
  return new ProgressSession({
    on: (event) => {
      if (event.kind === 'source') onSource(event.dockerfile);
      progress.on(event);
    },
    tick: (at) => progress.tick?.(at),
    end: (at) => progress.end(at),
  });
}

/** Where pictures can be drawn; a dumb terminal shows what moves the cursor as text. */
function stderrTerminal(): Terminal | undefined {
  const {stderr} = process;
  if (!stderr.isTTY || process.env['TERM'] === 'dumb') return undefined;
  const {NO_COLOR, BUILDKIT_TTY_LOG_LINES, TSBUILD_TTY_LOG_LINES} = process.env;
  const lines = Number(TSBUILD_TTY_LOG_LINES ?? BUILDKIT_TTY_LOG_LINES ?? '');
  return {
    // The cursor stands in the row below the picture.
    size: () => ({
      columns: stderr.columns || 80,
      rows: (stderr.rows || 24) - 1,
      color: !NO_COLOR,
    }),
    logLines: Number.isInteger(lines) && lines > 0 ? lines : 6,
  };
}
