/**
 * Writes docs/message.schema.json from the schema that the function validates with: `npm run docs:schema`.
 * With `--check` it only says whether the file is up to date.
 */
import { publishedSchema } from '../contract/message/published-schema.ts';
import { putGenerated, readCheck } from './generated-files.ts';

const FILE = 'docs/message.schema.json';
const check = readCheck('docs:schema', FILE);
const text = `${JSON.stringify(publishedSchema(), null, 2)}\n`;
putGenerated({ [FILE]: text }, check, '`npm run docs:schema` and commit it.');
