/** `npm run package`: writes the package that others install into `dist/`, for `npm pack ./dist`. */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';
import { buildPackage } from './package/build.ts';

readCommandLine(new Command('npm run package --').description('Writes the package that others install to dist/.'));

const directory = fileURLToPath(new URL('../dist', import.meta.url));
await rm(directory, { recursive: true, force: true });
await buildPackage(directory);
console.log('dist/ holds the package: npm pack ./dist');
