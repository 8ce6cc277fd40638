/**
 * Loads each module of @oclif/core at its first use instead of at start.
 *
 * Its files are TypeScript's CommonJS output: `const ejs_1 = __importDefault(require("ejs"))`, then `ejs_1.default`.
 * A command that runs needs the parser, yet pays for plugins, themes, globbing and help: 30 ms of 40. Each such
 * constant becomes a function that requires when it is called. A file that does not look like that is left alone.
 */
import {readFileSync} from 'node:fs';

const REQUIRE = /^const (\w+_\d+) = (.*\brequire\(".*?"\).*);$/gm;

export const lazyOclif = {
  name: 'lazy-oclif',
  setup(build) {
    build.onLoad({filter: /@oclif[/\\]core[/\\]lib[/\\].*\.js$/}, ({path}) => ({
      contents: lazy(readFileSync(path, 'utf8')),
      loader: 'js',
    }));
  },
};

export function lazy(source) {
  const names = [];
  const declared = source.replace(REQUIRE, (_, name, load) => {
    names.push(name);
    return `let $${name}; const get_${name} = () => ($${name} ??= ${load});`;
  });
  return names.reduce(
    (text, name) =>
      text.replace(new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, 'g'), `(get_${name}())`),
    declared,
  );
}
