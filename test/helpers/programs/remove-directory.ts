/** Run through the launcher's --enter: removes a directory whose owners only the user namespace maps. */
import {removeTree} from '../../../src/base/remove-tree.js';

removeTree(process.argv[2] ?? '');
