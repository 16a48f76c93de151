/** Run by `npm run test:long`. */
import config from '../../jest.config.js';
import { LONG } from './files.js';

/** @type {import('jest').Config} */
export default { ...config, rootDir: '../..', testMatch: LONG, testPathIgnorePatterns: ['/node_modules/'] };
