/** The faults that are always there: the function throws at a step of a message with a mark in it. */
import type { Edit } from './plant.ts';

/** What it says quotes what it was about, as errors do, and looks like a line of a stack. */
const throwFor = (step: string, body: string) =>
  `if (/\\\\?"defect\\\\?":\\\\?"${step}/.test(${body})) ` +
  `throw new TypeError(['cannot ${step}', ${body}, '\\n    at', ${body}].join(' '));`;

const before = (file: string, find: string, step: string, body: string): Edit => ({
  file,
  find,
  replace: `${throwFor(step, body)} ${find}`,
});

const after = (file: string, find: string, step: string, body: string): Edit => ({
  file,
  find,
  replace: `${find} ${throwFor(step, body)}`,
});

export const DEFECT_EDITS: readonly Edit[] = [
  before('lambda/core/ingest.ts', 'const reading = read(message.body);', 'read', 'message.body'),
  {
    file: 'lambda/core/ingest.ts',
    find: '() => intake.deliveries.forEach(link),',
    replace: `() => { ${throwFor('link', 'intake.message.body')} intake.deliveries.forEach(link); },`,
  },
  after(
    'lambda/core/settle.ts',
    'function settle({ message, reading, deliveries, defect }: Intake, settings: SettleSettings): Settlement {',
    'settle',
    "(defect ? '' : message.body)",
  ),
  {
    file: 'lambda/create-handler.ts',
    find: 'tell(() => report({ ...summary, defects: [...defects.list(), ...summary.defects] }, logger, metrics), logger);',
    replace:
      `tell(() => { ${throwFor('tell', "event.Records.map(({ body }) => body).join(' ')")} ` +
      'report({ ...summary, defects: [...defects.list(), ...summary.defects] }, logger, metrics); }, logger);',
  },
];
