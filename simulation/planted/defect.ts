/** The one fault that is always there: the function throws when it reads a message with a mark in it. */
import type { Edit } from './plant.ts';

/** What it says quotes what it was about, as errors do, and looks like a line of a stack. */
export const DEFECT_EDIT: Edit = {
  file: 'lambda/core/ingest.ts',
  find: 'const reading = read(message.body);',
  replace:
    'if (message.body.match(/\\\\?"defect\\\\?":true/)) ' +
    "throw new TypeError(['cannot read', message.body, '\\n    at', message.body].join(' '));" +
    ' const reading = read(message.body);',
};
