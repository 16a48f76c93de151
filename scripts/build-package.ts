/** `npm run package`: writes the package that others install into `dist/`, for `npm pack ./dist`. */
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { buildPackage } from './package/build.ts';

const directory = fileURLToPath(new URL('../dist', import.meta.url));
await rm(directory, { recursive: true, force: true });
await buildPackage(directory);
console.log('dist/ holds the package: npm pack ./dist');
