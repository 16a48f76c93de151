import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMessageReader, type MessageReader } from '../../../contract/message/read-message.ts';
import { findUnaccounted } from '../../../lambda/core/account.ts';
import type { DeadLetter } from '../../../lambda/core/dead-letter.ts';
import { createDefects } from '../../../lambda/core/defects.ts';
import { createIngest } from '../../../lambda/core/ingest.ts';
import type { Message } from '../../../lambda/core/message.ts';
import { createPacer } from '../../../lambda/core/pacer.ts';
import type { Ports } from '../../../lambda/core/ports.ts';
import type { Settlement } from '../../../lambda/core/settle.ts';
import { createVirtualClock } from '../../../simulation/planning/virtual-clock.ts';
import { INVALID_INPUT } from '../../support/errors.ts';
import { runs } from '../../support/property-runs.ts';

const MAX_RECEIVE_COUNT = 3;
const contract = createMessageReader({ maxPropertiesLength: 4096 });

function message(number: number, parts: Partial<Message> = {}): Message {
  return {
    messageId: `m${number}`,
    receiptHandle: `r${number}`,
    body: JSON.stringify({ userId: `secret-${number}` }),
    receiveCount: 1,
    sentAt: number,
    attributes: {},
    ...parts,
  };
}

/** Runs one batch; whatever is not said goes well. */
async function run(batch: readonly Message[], parts: Partial<Ports> = {}, read: MessageReader = contract) {
  const clock = createVirtualClock();
  const called: string[] = [];
  const letters: DeadLetter[] = [];
  const ports: Ports = {
    clock,
    wallClock: clock.now,
    random: () => 0.5,
    putUsers: async (users) => void called.push(...users.map(({ userId }) => userId)),
    sendDeadLetters: async (sent) => {
      letters.push(...sent);
      return [];
    },
    changeVisibility: async () => [],
    ...parts,
  };
  const settings = { maxReceiveCount: MAX_RECEIVE_COUNT, backoff: { baseInSeconds: 2, maxInSeconds: 900 } };
  const ingest = createIngest(ports, createPacer({ callsPerSecond: 10 }, clock), read, settings);
  const { failedMessageIds, summarize } = await ingest(batch, { requestId: 'r', endsAt: 60_000 });
  return { failedMessageIds, summary: summarize(), called, letters };
}

const breaksOn =
  (...bodies: readonly string[]): MessageReader =>
  (body) => {
    if (bodies.includes(body)) throw new TypeError(`cannot read secret-1 of ${body}`);
    return contract(body);
  };

describe('a defect of the function', () => {
  const batch = Array.from({ length: 500 }, (_, number) => message(number));

  test('is the failure of the one message that it strikes', async () => {
    const { failedMessageIds, called, summary } = await run(batch, {}, breaksOn(batch[7]!.body));
    expect(failedMessageIds).toEqual(['m7']);
    expect(called).toHaveLength(499);
    expect(summary).toMatchObject({ retriedMessages: 1, retryErrors: { InternalError: 1 }, users: { delivered: 499 } });
  });

  test('backs off as other failures do', async () => {
    const changes: unknown[] = [];
    const changeVisibility: Ports['changeVisibility'] = async (wanted) => {
      changes.push(...wanted);
      return [];
    };
    await run(batch, { changeVisibility }, breaksOn(batch[7]!.body));
    expect(changes).toEqual([{ receiptHandle: 'r7', delayInSeconds: 2 }]);
  });

  test('is at last dead-lettered with its reason, as it stands', async () => {
    const last = message(1, { receiveCount: MAX_RECEIVE_COUNT, body: '{ "userId": "secret-1" }' });
    const { failedMessageIds, letters, summary } = await run([last], {}, breaksOn(last.body));
    expect(failedMessageIds).toEqual([]);
    expect(letters).toMatchObject([{ body: last.body, reason: { code: 'InternalError' } }]);
    expect(letters[0]!.attributes.ErrorMessage?.stringValue).toMatch(/has a defect: TypeError; its log has where/);
    expect(summary.deadLetterReasons).toEqual({ InternalError: 1 });
  });

  test('is told of by where it was thrown, and not by what it says', async () => {
    const { summary } = await run(batch, {}, breaksOn(batch[1]!.body, batch[2]!.body));
    expect(summary.defects).toEqual([
      {
        error: 'TypeError',
        messageIds: ['m1', 'm2'],
        frames: expect.arrayContaining([expect.stringMatching(/^at .*defects\.test\.ts/)]),
      },
    ]);
    expect(JSON.stringify(summary)).not.toContain('secret');
  });

  test('keeps the order of its message group', async () => {
    const [first, second, other] = [1, 2, 3].map((number) =>
      message(number, { messageGroupId: number < 3 ? 'a' : 'b' }),
    );
    const { failedMessageIds } = await run([first!, second!, other!], {}, breaksOn(first!.body));
    expect(failedMessageIds).toEqual(['m1', 'm2']);
  });

  test('in a port is the failure of what the port was to do', async () => {
    const bad = message(1, { body: 'nonsense' });
    const sendDeadLetters = async () => {
      throw new RangeError('secret-1');
    };
    expect(await run([bad, message(2)], { sendDeadLetters })).toMatchObject({
      failedMessageIds: ['m1'],
      summary: { deadLetterErrors: { InternalError: 1 }, defects: [{ error: 'RangeError', messageIds: ['m1'] }] },
    });
    const changeVisibility = async () => {
      throw new RangeError('secret-1');
    };
    expect(await run([message(2)], { changeVisibility, putUsers: () => Promise.reject(new Error()) })).toMatchObject({
      failedMessageIds: ['m2'],
      summary: { visibilityErrors: { InternalError: 1 } },
    });
  });

  test('while a group is settled is the failure of that group', async () => {
    const thrown = Object.defineProperty({}, 'name', {
      get: () => {
        throw new SyntaxError('secret-1');
      },
    });
    const users = Array.from({ length: 25 }, (_, number) => message(number));
    const putUsers: Ports['putUsers'] = async (called) => {
      if (called.some(({ userId }) => userId === 'secret-3')) throw thrown;
    };
    const { failedMessageIds, summary } = await run(users, { putUsers });
    expect(failedMessageIds).toEqual(users.slice(0, 10).map(({ messageId }) => messageId));
    expect(summary).toMatchObject({ users: { delivered: 15, retried: 10 }, defects: [{ error: 'SyntaxError' }] });
  });

  test('while users are linked is the failure of their message', async () => {
    const unnamed = () => {
      throw new RangeError('secret-1');
    };
    const user = Object.defineProperty({ userId: '' }, 'userId', { get: unnamed });
    const read: MessageReader = (body) =>
      body === 'unnamed' ? { kind: 'users', packed: false, users: [{ kind: 'valid', user }] } : contract(body);
    const { failedMessageIds, called, summary } = await run([message(1, { body: 'unnamed' }), message(2)], {}, read);
    expect(failedMessageIds).toEqual(['m1']);
    expect(called).toEqual(['secret-2']);
    expect(summary.defects[0]).toMatchObject({ error: 'RangeError', messageIds: ['m1'] });
  });

  test('by which a message would be acknowledged though it is not safe makes it come again, with what follows it', async () => {
    // At the end there is nobody in this message to be settled.
    const forgetful: MessageReader = (body) => {
      const reading = contract(body);
      if (reading.kind === 'users' && body === unsafe!.body)
        Object.assign(reading.users, { entries: () => [].entries() });
      return reading;
    };
    const [unsafe, behind, other] = [1, 2, 3].map((number) =>
      message(number, { messageGroupId: number < 3 ? 'a' : 'b' }),
    );
    const putUsers: Ports['putUsers'] = async (called) => {
      if (called.some(({ userId }) => userId === 'secret-1')) throw INVALID_INPUT();
    };
    const { failedMessageIds, letters, summary } = await run([unsafe!, behind!, other!], { putUsers }, forgetful);
    expect(failedMessageIds).toEqual(['m1', 'm2']);
    expect(letters).toEqual([]);
    expect(summary.retryErrors).toEqual({ InternalError: 1, MessageGroupBlocked: 1 });
    expect(summary.defects).toMatchObject([{ error: 'UnaccountedError', messageIds: ['m1'] }]);
  });

  test('in what backs off counts for each message that it leaves to its visibility timeout', async () => {
    const changeVisibility = async () => {
      throw new RangeError('secret-1');
    };
    const { summary } = await run([message(1), message(2)], {
      changeVisibility,
      putUsers: () => Promise.reject(new Error()),
    });
    expect(summary.visibilityErrors).toEqual({ InternalError: 2 });
    expect(summary.defects).toMatchObject([{ error: 'RangeError', messageIds: [] }]);
  });

  test('while a group is settled strikes the messages of that group, and is told of with their ids', async () => {
    const thrown = Object.defineProperty({}, 'name', {
      get: () => {
        throw new SyntaxError('secret-1');
      },
    });
    const packed = message(1, { body: '{"users":[{"userId":"a"},{"userId":"b"}]}' });
    const putUsers: Ports['putUsers'] = async (called) => {
      if (called.some(({ userId }) => userId === 'b')) throw thrown;
    };
    const nobody = message(2, { body: 'nonsense' });
    const others = Array.from({ length: 12 }, (_, number) => message(number + 3));
    const { failedMessageIds, summary } = await run([packed, nobody, ...others], { putUsers });
    const struck = ['m1', ...others.slice(0, 8).map(({ messageId }) => messageId)];
    expect(failedMessageIds).toEqual(struck);
    expect(summary.retryErrors).toEqual({ InternalError: 9 });
    expect(summary.defects).toMatchObject([{ messageIds: struck }]);
  });

  test('while the batch is summed up undoes nothing: it is thrown when all is settled', async () => {
    const ingest = createIngest(
      {
        clock: createVirtualClock(),
        wallClock: () => 0,
        random: () => 0.5,
        putUsers: async () => {},
        sendDeadLetters: async () => [],
        changeVisibility: async () => [],
      },
      createPacer({ callsPerSecond: 10 }, createVirtualClock()),
      contract,
      { maxReceiveCount: MAX_RECEIVE_COUNT, backoff: { baseInSeconds: 2, maxInSeconds: 900 } },
    );
    // A batch of one is not sorted: its age is looked at for the summary alone.
    const ageless = Object.defineProperty(message(1), 'sentAt', {
      get: () => {
        throw new RangeError('no age');
      },
    });
    const { failedMessageIds, summarize } = await ingest([ageless], { requestId: 'r', endsAt: 60_000 });
    expect(failedMessageIds).toEqual([]);
    expect(summarize).toThrow(RangeError);
  });

  test('wherever it throws, no other message is struck, and nothing is acknowledged that is not safe', async () => {
    const number = fc.nat(9);
    const receives = fc.array(fc.integer({ min: 1, max: MAX_RECEIVE_COUNT }), { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(
        fc.record({ unreadable: number, unwritable: number, invalid: fc.subarray([...Array(10).keys()]), receives }),
        async (drawn) => {
          const batch = drawn.receives.map((receiveCount, index) => {
            const one = message(index, {
              receiveCount,
              ...(drawn.invalid.includes(index) && { body: `{"index":${index}}` }),
            });
            return index === drawn.unwritable ? withoutLetters(one) : one;
          });
          const { failedMessageIds, letters, called, summary } = await run(
            batch,
            {},
            breaksOn(batch[drawn.unreadable]!.body),
          );
          const struck = [drawn.unreadable, drawn.unwritable].map((index) => `m${index}`);
          for (const id of failedMessageIds) expect(struck).toContain(id);
          const lettered = letters.map(({ source }) => source.messageId);
          for (const [index, { messageId }] of batch.entries()) {
            const isSafe = called.includes(`secret-${index}`) || lettered.includes(messageId);
            expect(isSafe || failedMessageIds.includes(messageId)).toBe(true);
          }
          expect(summary.messages).toBe(10);
          expect(JSON.stringify(summary)).not.toContain('secret');
        },
      ),
      runs(300),
    );
  });
});

/** A message whose dead letter cannot be made. */
function withoutLetters(one: Message): Message {
  return Object.defineProperty(one, 'attributes', {
    get: () => {
      throw new TypeError('secret attributes');
    },
  });
}

describe('the frames of a defect', () => {
  test('hold no line of the message, even if it looks like one', () => {
    const defects = createDefects();
    defects.note(new Error('first\n    at secret-user (born 1990)\n    at secret.property\n    at secret:1:2'), ['m1']);
    const [{ frames } = { frames: [] }] = defects.list();
    expect(frames.length).toBeGreaterThan(0);
    expect(frames.join()).not.toContain('secret');
  });

  test.each([['a text'], [undefined], [Object.create(null)], [Object.assign(new Error(), { name: 'secret user 7' })]])(
    'of whatever is thrown, like %p',
    (thrown) => {
      const defects = createDefects();
      defects.note(thrown, []);
      expect(defects.list()).toMatchObject([{ error: 'UnknownError', messageIds: [] }]);
    },
  );
});

describe('a stack', () => {
  /** What is listed of an error with a stack of these lines. */
  const framesOf = (lines: readonly string[], parts: object = {}) => {
    const defects = createDefects();
    defects.note(Object.assign(new TypeError('what it says'), { stack: lines.join('\n') }, parts), ['m1']);
    return defects.list()[0]!.frames;
  };
  const FRAMES = [
    '    at read (file:///var/task/index.mjs:12:345)',
    '    at new Reader (/var/task/index.mjs:1:2)',
    '    at /var/task/index.mjs:12:345',
    '    at async Promise.all (index.mjs:1:2)',
  ];

  test('is told of by its places in code, the innermost first', () => {
    expect(framesOf(['TypeError: what it says', ...FRAMES])).toEqual([
      'at read (file:///var/task/index.mjs:12:345)',
      'at new Reader (/var/task/index.mjs:1:2)',
      'at /var/task/index.mjs:12:345',
      'at async Promise.all (index.mjs:1:2)',
    ]);
  });

  test.each([
    'secret',
    'at secret:1:2',
    '  at secret:1:2',
    'x    at secret:1:2',
    '    at secret user:1:2',
    '    at secret:1',
    '    at secret:x:2',
    '    at secret:1:x',
    '    at a (secret:1:2) born',
    '    at secret:1:2 born',
    '    at secret',
    '    at :1:2',
  ])('has no line that is no place in code, though its message was changed after it: %j', (line) => {
    expect(framesOf(['TypeError: what it said before', line, FRAMES[0]!])).toEqual([
      'at read (file:///var/task/index.mjs:12:345)',
    ]);
  });

  test('keeps all of its places when the message was changed after it, to whatever length', () => {
    const stack = ['TypeError: before', FRAMES[2]!, '    at a:1:2'];
    for (const length of [1, 25, 1000]) {
      expect(framesOf(stack, { message: '!'.repeat(length) })).toEqual(['at /var/task/index.mjs:12:345', 'at a:1:2']);
    }
  });

  test('is told of by ten places at most', () => {
    const lines = Array.from({ length: 11 }, (_, index) => `    at place${index}:1:2`);
    expect(framesOf(['TypeError: what it says', ...lines])).toEqual(lines.slice(0, 10).map((line) => line.trim()));
  });

  test('may be missing, or have a message that is none', () => {
    expect(framesOf([], { stack: undefined })).toEqual([]);
    expect(framesOf([], { stack: 7 })).toEqual([]);
    expect(framesOf(['TypeError: 7', FRAMES[2]!], { message: 7 })).toEqual(['at /var/task/index.mjs:12:345']);
    // To look for it would throw.
    expect(framesOf(['TypeError: 7', FRAMES[2]!], { message: /7/ })).toEqual(['at /var/task/index.mjs:12:345']);
    const defects = createDefects();
    defects.note({ name: 'TypeError', stack: FRAMES.join('\n') }, []);
    expect(defects.list()).toEqual([{ error: 'UnknownError', frames: [], messageIds: [] }]);
  });
});

describe('what is thrown', () => {
  const nameOf = (name: unknown) => {
    const defects = createDefects();
    defects.note(Object.assign(new Error('m'), { name, stack: '' }), []);
    return defects.list()[0]!.error;
  };

  test('is called by its name, if that looks like one', () => {
    expect(nameOf('RangeError')).toBe('RangeError');
    expect(nameOf('x'.repeat(60))).toBe('x'.repeat(60));
    for (const name of ['x'.repeat(61), '', 'secret user', 'secret!', '!secret'])
      expect(nameOf(name)).toBe('UnknownError');
  });

  test('at the same place is one defect of several messages, and at another place or by another name another', () => {
    const defects = createDefects();
    const note = (name: string, place: string, ...messageIds: readonly string[]) =>
      defects.note(Object.assign(new Error('m'), { name, stack: `Error: m\n    at ${place}:1:2` }), messageIds);
    note('RangeError', 'a', 'm1');
    note('RangeError', 'b', 'm1');
    note('TypeError', 'a', 'm1');
    note('RangeError', 'a', 'm2', 'm1');
    expect(defects.list()).toEqual([
      { error: 'RangeError', frames: ['at a:1:2'], messageIds: ['m1', 'm2'] },
      { error: 'RangeError', frames: ['at b:1:2'], messageIds: ['m1'] },
      { error: 'TypeError', frames: ['at a:1:2'], messageIds: ['m1'] },
    ]);
  });
});

describe('the last look at a batch', () => {
  const reading = contract('{"users":[{"userId":"a"},{"userId":"b"},{"userId":""}]}');
  const delivered = { kind: 'delivered' } as const;
  const superseded = { kind: 'superseded' } as const;
  const intake = (...verdicts: readonly ({ kind: 'delivered' | 'superseded' } | undefined)[]) => ({
    message: message(1),
    reading,
    deliveries: verdicts.map((verdict, index) => ({ user: { userId: 'ab'[index]! }, ...(verdict && { verdict }) })),
  });
  const letters = (count: number): Settlement => ({ kind: 'deadLetter', letters: Array(count).fill({}) });

  test.each<[string, ReturnType<typeof intake>, Settlement | undefined, boolean]>([
    ['letters for whom there must be one', intake(delivered, delivered), letters(1), true],
    ['too few letters', intake(delivered, undefined), letters(1), false],
    ['too many', intake(delivered, delivered), letters(2), false],
    ['none, though one user is invalid', intake(delivered, delivered), { kind: 'acknowledge' }, false],
    ['superseded by nobody', intake(delivered, superseded), letters(1), false],
    ['retried', intake(undefined, undefined), { kind: 'retry', reason: { code: '', message: '' } }, true],
    ['forgotten', intake(delivered, delivered), undefined, false],
  ])('%s', (_, one, settlement, isAccountedFor) => {
    expect(findUnaccounted([one], settlement ? [settlement] : [])).toEqual(isAccountedFor ? [] : [0]);
  });
});
