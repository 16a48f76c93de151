/** Faults that the simulator must find, or it finds nothing. `npm run simulate:faults -- --planted` shows after how many seeds. */
import type { PlantedFault } from './plant.ts';

const inFile = (name: string, file: string, find: string, replace: string): PlantedFault => ({
  name,
  edits: [{ file, find, replace }],
});

/** What becomes of the users whose leases could not be ended. */
const ENDING_THREW = `        .catch((thrown) =>
          failAll(
            ends.map(([delivery]) => delivery),
            thrown,
          ),
        )`;

export const PLANTED_FAULTS: readonly PlantedFault[] = [
  // What is acknowledged.
  inFile(
    'a message is acknowledged though its letter is not stored',
    'lambda/core/ingest.ts',
    'accountedFor(intakes, withoutFailures(planned, failures), defects)',
    'blockMessageGroups(intakes, planned)',
  ),
  inFile(
    'only the first of several failed messages is named',
    'lambda/aws/event.ts',
    'batchItemFailures: [...new Set(failedMessageIds)].map(',
    'batchItemFailures: failedMessageIds.slice(0, 1).map(',
  ),
  inFile(
    'an entry of Failed is taken to be stored',
    'aws/sqs/batches.ts',
    'return stored.has(id) ? [] :',
    'return stored.has(id) || codes.has(id) ? [] :',
  ),
  inFile(
    'an entry that the reply does not list is taken to be stored',
    'aws/sqs/batches.ts',
    'return stored.has(id) ? [] : [{ item,',
    'return stored.has(id) || (stored.size > 0 && !codes.has(id)) || codes.size > 1 ? [] : [{ item,',
  ),
  inFile(
    'the first user of a message speaks for all',
    'lambda/core/settle.ts',
    'deliveries.map(verdictOf).find(isUnsettled)',
    'deliveries.slice(0, 1).map(verdictOf).find(isUnsettled)',
  ),
  inFile(
    'an older record counts as superseded though the newer one has failed',
    'lambda/core/deliver.ts',
    "outcome.kind === 'delivered' ? SUPERSEDED : outcome",
    'SUPERSEDED',
  ),
  inFile(
    'the older record is forgotten when the newer one is rejected',
    'lambda/core/deliver.ts',
    'lanes.add(older);',
    'giveToOlder(older, SUPERSEDED);',
  ),

  // Who is rejected.
  inFile('a throttled call counts as rejected', 'aws/classify-error.ts', "  ThrottlingException: 'throttled',\n", ''),
  {
    name: 'a conflict counts as rejected',
    edits: [
      { file: 'aws/classify-error.ts', find: "  ResourceInUseException: 'passing',\n", replace: '' },
      { file: 'aws/classify-error.ts', find: "  409: 'passing',\n  425", replace: '  425' },
    ],
  },
  inFile('an expired key counts as rejected', 'aws/classify-error.ts', "  ExpiredTokenException: 'deployment',\n", ''),
  inFile("a proxy's page counts as rejected", 'aws/classify-error.ts', 'if (!readable || status', 'if (status'),
  inFile(
    'the second part of a group counts as rejected with the first',
    'lambda/core/deliver.ts',
    '  else await settle(second, run);',
    '  else conclude(second, outcome, run);',
  ),
  inFile(
    'the last receive is thrown away',
    'lambda/core/settle.ts',
    'if (unsettled && message.receiveCount < settings.maxReceiveCount)',
    'if (unsettled && message.receiveCount < settings.maxReceiveCount - 1)',
  ),

  // Order.
  inFile(
    'the oldest record of a user is called first',
    'lambda/core/ingest.ts',
    'for (const intake of oldestFirst) {',
    'for (const intake of oldestFirst.toReversed()) {',
  ),
  inFile(
    'a FIFO group is released early',
    'lambda/core/settle.ts',
    "else if (blocked.has(group)) return { kind: 'retry', reason: BLOCKED };",
    '',
  ),
  inFile(
    'letters of a group overtake one that is not stored',
    'lambda/aws/dead-letter-queue.ts',
    "blocked.has(groupOf(letter)) ? 'waiting' : 'next'",
    "blocked.size < 0 ? 'waiting' : 'next'",
  ),
  inFile(
    'a batch of a producer holds two messages of a group',
    'producer/pack.ts',
    'const isGroupThere = groupId !== undefined &&',
    'const isGroupThere = groupId === null &&',
  ),
  inFile(
    'a producer sends to a FIFO queue ten batches at a time',
    'producer/user-producer.ts',
    'concurrency: this.#fifo ? 1 : concurrency',
    'concurrency',
  ),

  // Deduplication ids and replays as they were.
  {
    name: "a letter's deduplication id is its place among the letters (row 1)",
    edits: [
      {
        file: 'lambda/core/settle.ts',
        find: 'rejected.map(({ place, body, reason, given, userId, messageGroupId }) =>',
        replace: 'rejected.map(({ body, reason, given, userId, messageGroupId }, place) =>',
      },
      {
        file: 'aws/sqs/deduplication-id.ts',
        find: '[what.kind, what.sourceMessageId, what.place, what.body]',
        replace: '[what.kind, what.sourceMessageId, what.place]',
      },
    ],
  },
  sendWithIdsOf(
    'what send repeats after a crash is packed differently, and a part of it is dropped (row 2)',
    "[first.line, first.end === undefined, body].join(':')",
  ),
  sendWithIdsOf('send drops the second of two equal users of a line (row 3)', "[first.line, body].join(':')"),
  inFile(
    'a letter whose edit fails is overtaken by the next of its group (row 5)',
    'cli/dlq/replay.ts',
    "order.stays(letters[index]!, 'that could not be edited');",
    '',
  ),

  // The operator and the producers.
  inFile(
    'a replay deletes letters that were not sent',
    'cli/dlq/replay.ts',
    'const sent = batch.filter((replay) => !failed.has(replay))',
    'const sent = batch',
  ),
  inFile(
    'a purge deletes what was not exported',
    'cli/dlq/purge.ts',
    'else if (!options.exported.has(letter)) notExported++;',
    '',
  ),
  inFile(
    'a producer takes a failed entry to be sent',
    'producer/send-batch.ts',
    'else failure = error;',
    "else settled.set(entry.Id!, { kind: 'sent', messageId: '' });",
  ),

  // The steps of the order guard's protocol, each left out. That anybody may end a lease shows only if the write that ends one takes effect
  // a minute late, which does not happen here: the exploration finds it (test/explore/order-scopes.ts).
  inFile(
    'order guard: an older record is given the lease',
    'lambda/aws/user-versions.ts',
    "'(attribute_not_exists(#delivered) OR #delivered <= :version) AND ' +",
    "'(attribute_not_exists(#delivered) OR attribute_exists(#delivered)) AND ' +",
  ),
  inFile(
    'order guard: a lease that another one holds is given',
    'lambda/aws/user-versions.ts',
    "'(attribute_not_exists(#owner) OR #owner = :owner OR #until < :now)',",
    "'(attribute_not_exists(#owner) OR attribute_exists(#owner) OR #until < :now)',",
  ),
  inFile(
    'order guard: a lease ends with its invocation, though a call may linger',
    'lambda/core/order/lease.ts',
    'return endsAt + CALL_LINGERS_IN_MILLISECONDS;',
    'return endsAt;',
  ),
  inFile(
    'order guard: a lease is given back though a call may linger',
    'lambda/core/order/lease.ts',
    '...(mayLinger && { keptUntil: now + CALL_LINGERS_IN_MILLISECONDS }),',
    '',
  ),
  inFile(
    'order guard: what is delivered is not remembered',
    'lambda/aws/user-versions.ts',
    "if (delivered !== undefined) set.push('#delivered = :delivered');",
    '',
  ),
  inFile(
    'order guard: what is delivered is acknowledged before the table knows of it',
    'lambda/core/order/order-guard.ts',
    "if (reason) giveToAll(delivery, { kind: 'transient', reason });",
    '',
  ),
  inFile(
    'order guard: the version is remembered before the call',
    'lambda/aws/user-versions.ts',
    "update: 'SET #owner = :owner, #until = :until, #expires = :expires',",
    "update: 'SET #owner = :owner, #until = :until, #expires = :expires, #delivered = :version',",
  ),
  inFile(
    'order guard: who has the turn of a newer one that was refused is not compared',
    'lambda/core/order/order-guard.ts',
    'if (!hold || !isSuperseded(older.version!, hold.stored)) return true;',
    'if (hold) return true;',
  ),
  inFile('order guard: nobody handles that ending a lease threw', 'lambda/core/order/order-guard.ts', ENDING_THREW, ''),
  inFile(
    'order guard: what is delivered is acknowledged though ending its lease threw',
    'lambda/core/order/order-guard.ts',
    ENDING_THREW,
    '        .catch(() => {})',
  ),

  // Time and the quota.
  inFile(
    'the visibility timeout is shorter than the function',
    'lib/sizing.ts',
    'return TIMEOUTS_OF_INVISIBILITY * sizes.timeoutInSeconds + sizes.batchingWindowInSeconds;',
    'return Math.ceil(sizes.timeoutInSeconds / 4);',
  ),
  inFile('calls are not paced', 'lambda/core/pacer.ts', 'nextTurn = turn + interval();', 'nextTurn = turn;'),
  inFile(
    'calls begin though the time is up',
    'lambda/core/call-group.ts',
    'pacer.admit(deadline - SHORTEST_CALL_IN_MILLISECONDS, turn)',
    'pacer.admit(Number.POSITIVE_INFINITY, turn)',
  ),
  inFile(
    "pace and deadlines go by the machine's clock (row 8)",
    'lambda/create-handler.ts',
    'createInvocationClock(config.TIMEOUT_SECONDS * 1000)',
    'createInvocationClock(config.TIMEOUT_SECONDS * 1000, { elapsed: () => Date.now() })',
  ),

  // Defects.
  inFile(
    'what throws while one message is read fails its batch',
    'lambda/core/defects.ts',
    'return otherwise(note(thrown, [messageId]));',
    'throw thrown;',
  ),
  inFile(
    'what throws while one message is settled fails its batch',
    'lambda/core/settle.ts',
    'intakes.map((intake) => settleGuarded(intake, settings, defects)),',
    'intakes.map((intake) => settle(intake, settings)),',
  ),
  inFile(
    'what throws while one message is linked fails its batch',
    'lambda/core/ingest.ts',
    '      (defect) => {\n        intake.defect = defect;\n      },',
    '      () => {\n        throw new Error();\n      },',
  ),
  {
    name: 'who of a message is not linked, since linking threw halfway, counts as superseded',
    edits: [
      {
        file: 'lambda/core/ingest.ts',
        find: '      (defect) => {\n        intake.defect = defect;\n      },',
        replace: '      () => {},',
      },
      {
        file: 'lambda/core/settle.ts',
        find: "if (!verdict) throw new Error('a user was left without a verdict');\n  return verdict;",
        replace: "return verdict ?? { kind: 'superseded', by: 'stored' };",
      },
    ],
  },
  inFile(
    'a record that cannot be read fails its batch',
    'lambda/aws/event.ts',
    'isBehindUnread ? undefined : readRecord(record, defects);',
    'toMessage(record);',
  ),
  inFile(
    'a record that cannot be read is acknowledged',
    'lambda/aws/event.ts',
    'if (message) messages.push(message);\n    else',
    'if (message && !message.defect) messages.push(message);\n    else if (!message)',
  ),
  inFile(
    'a batch whose records cannot be taken is acknowledged',
    'lambda/create-handler.ts',
    'return toBatchResponse(ids);',
    'return toBatchResponse([]);',
  ),
  inFile(
    'a batch that cannot be summed up is retried',
    'lambda/create-handler.ts',
    '      tell(() => {\n',
    '      summarize();\n      tell(() => {\n',
  ),
  inFile(
    'what cannot be told of is retried',
    'lambda/create-handler.ts',
    '    tellOfDefect(thrown, logger);',
    '    throw thrown;',
  ),
  inFile(
    'what throws while a message is read is acknowledged',
    'lambda/core/settle.ts',
    'if (defect && !isLast)',
    "if (defect) return { kind: 'acknowledge' };\n  if (defect && !isLast)",
  ),

  // Privacy.
  {
    name: 'the log has the message of a defect',
    edits: [
      {
        file: 'lambda/core/defects.ts',
        find: 'return traceOf(thrown)',
        replace: 'return String((thrown as Error).stack)',
      },
      { file: 'lambda/core/defects.ts', find: '.filter((line) => FRAME.test(line))', replace: '' },
    ],
  },
  inFile(
    'the log says what PutUsers said',
    'lambda/core/summary.ts',
    'codes ?? [reason.code]',
    'codes ?? [reason.message]',
  ),
];

/** `send` as it was: a deduplication id says where in the file a message comes from, so that it lasts beyond a crash. */
function sendWithIdsOf(name: string, content: string): PlantedFault {
  return {
    name,
    edits: [
      {
        file: 'producer/pack.ts',
        find: 'messages.push({ users: [text], groupId, isOwnGroup });',
        replace: 'messages.push({ users: [text], groupId, isOwnGroup, first: input } as any);',
      },
      {
        file: 'producer/pack.ts',
        find: 'function close({ users, groupId }: OpenMessage): OutgoingMessage {\n  return {',
        replace: 'function close({ users, groupId, first }: any): any {\n  return { first,',
      },
      {
        file: 'producer/settle.ts',
        find: 'function toEntry({ body, groupId }: OutgoingMessage,',
        replace: 'function toEntry({ body, groupId, first }: any,',
      },
      {
        file: 'producer/settle.ts',
        find: 'MessageDeduplicationId: newDeduplicationId() };',
        replace:
          'MessageDeduplicationId: first.line === undefined ? newDeduplicationId() : ' +
          `process.getBuiltinModule('node:crypto').createHash('sha256').update(${content}).digest('hex') };`,
      },
    ],
  };
}
