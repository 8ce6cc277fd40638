/** `npm run readme`: writes the generated parts of README.md anew. */
import {readFileSync, writeFileSync} from 'node:fs';
import {withGeneratedSections} from './readme-sections.js';

writeFileSync('README.md', withGeneratedSections(readFileSync('README.md', 'utf8')));
