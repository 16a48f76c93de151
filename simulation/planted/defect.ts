/**
 * The faults that are always there. The function throws at a step of a message with a mark in it, each time; and at a step that is
 * about no single message when the world says so (`function.throws`).
 */
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

/** Lets the world throw at a step. `about` is what an error would quote. */
const mayThrow = (step: string, about: string) => `globalThis.simulatedStep?.('${step}', ${about});`;

const ofWorld = (file: string, find: string, step: string, about: string): Edit => ({
  file,
  find,
  replace: `${mayThrow(step, about)} ${find}`,
});

/** The settlement of a batch does not depend on it. */
export const STEPS_OF_TELLING: ReadonlySet<string> = new Set(['sum up']);

export const DEFECT_EDITS: readonly Edit[] = [
  before('lambda/core/ingest.ts', 'const reading = read(message.body);', 'read', 'message.body'),
  {
    file: 'lambda/core/ingest.ts',
    find: '() => intake.deliveries.forEach(link),',
    replace:
      `() => { ${throwFor('link', 'intake.message.body')} ` +
      `intake.deliveries.forEach((delivery) => { link(delivery); ${throwFor('halfway', 'intake.message.body')} }); },`,
  },
  {
    file: 'lambda/aws/event.ts',
    find: 'Object.entries(record.messageAttributes).map(([name, attribute]) => [name, toAttribute(attribute)]),',
    replace:
      'Object.entries(record.messageAttributes).map(([name, attribute]) => { ' +
      `${throwFor('record', 'record.body')} return [name, toAttribute(attribute)]; }),`,
  },
  after(
    'lambda/core/settle.ts',
    'function settle({ message, reading, deliveries, defect }: Intake, settings: SettleSettings): Settlement {',
    'settle',
    "(defect ? '' : message.body)",
  ),
  {
    file: 'lambda/create-handler.ts',
    find: 'const summary = summarize();',
    replace: `${throwFor('tell', "event.Records.map(({ body }) => body).join(' ')")} const summary = summarize();`,
  },
  ofWorld('lambda/aws/event.ts', 'const messages: Message[] = [];', 'take the records', 'records[0].body'),
  ofWorld('lambda/core/ingest.ts', 'const startedAt = ports.wallClock();', 'begin', 'messages[0].body'),
  ofWorld('lambda/core/ingest.ts', 'const planned = settleAll(', 'settle all', 'messages[0].body'),
  {
    file: 'lambda/core/deliver.ts',
    find: 'const outcome = await run.call(group, run.turn);',
    replace: `const outcome = await run.call(group, run.turn); ${mayThrow('settle a group', 'group[0].user.userId')}`,
  },
  {
    file: 'lambda/core/ingest.ts',
    find: 'return await sendDeadLetters(letters, within);',
    replace: `const sent = await sendDeadLetters(letters, within); ${mayThrow('store letters', "letters[0]?.body ?? ''")} return sent;`,
  },
  ofWorld('lambda/core/ingest.ts', 'return await changeVisibility(changes, within);', 'back off', "''"),
  ofWorld(
    'lambda/core/summary.ts',
    'const users = { delivered: 0, superseded: 0, rejected: 0, retried: 0 };',
    'sum up',
    'run.intakes[0]?.message.body',
  ),
  ofWorld('lambda/core/order/order-guard.ts', 'const replies = await askTable(', 'take leases', 'owner'),
  ofWorld('lambda/core/order/order-guard.ts', 'const replies = await endInTable(', 'end leases', 'owner'),
];
