/**
 * Writes docs/message.schema.json from the schema that the function validates with: `npm run docs:schema`.
 * With `--check` it only says whether the file is up to date.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';
import { publishedSchema } from '../contract/message/published-schema.ts';

const { check } = readCommandLine(
  new Command('npm run docs:schema --')
    .description('Writes docs/message.schema.json, from the code.')
    .option('--check', 'write nothing; fail if it is not up to date', false),
).opts<{ check: boolean }>();

const FILE = new URL('../docs/message.schema.json', import.meta.url);
const text = `${JSON.stringify(publishedSchema(), null, 2)}\n`;

if (!check) writeFileSync(FILE, text);
else if (readFileSync(FILE, 'utf8') !== text) {
  console.error('docs/message.schema.json is not what the code says. Run `npm run docs:schema` and commit it.');
  process.exitCode = 1;
}
