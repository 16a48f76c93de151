/** Programs that send users. */
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { MAX_MESSAGE_BYTES } from '../../aws/sqs/limits.ts';
import { UsersNotSentError } from '../../producer/errors.ts';
import type { User } from '../../producer/user.ts';
import { UserProducer } from '../../producer/user-producer.ts';
import { cutOff } from '../breakages.ts';
import { type RecordMaker, type SentRecord, UNREAD } from '../records.ts';
import type { ProducerScenario } from '../scenario.ts';
import { sizeOf } from '../services/queue.ts';
import { CLIENT_SETTINGS, pause, runAgainAndAgain, type Stage } from './actor.ts';
import { sendFile } from './send-command.ts';

/** Sends all that a producer has, however often it is killed. */
export async function produce(
  name: string,
  scenario: ProducerScenario,
  maker: RecordMaker,
  stage: Stage,
): Promise<void> {
  const { kind } = scenario;
  if (kind === 'foreign') return sendByHand(name, scenario, maker, stage);
  const records = Array.from({ length: scenario.records }, () => {
    const record = maker.make();
    // What breaks the contract is refused before it is sent: it is not in the world.
    return record.fate === 'breaksContract' ? maker.make('deliverable') : record;
  });
  for (const record of records) stage.ledger.add(record);
  if (kind === 'send') return sendFile(name, scenario, records, stage);
  return sendByLibrary(name, scenario, records, stage);
}

/** A program that reads its users from somewhere and remembers how far it is. */
async function sendByLibrary(
  name: string,
  scenario: ProducerScenario,
  records: readonly SentRecord[],
  stage: Stage,
): Promise<void> {
  const { timeline, ledger, journal, random } = stage;
  let settled = 0;
  await runAgainAndAgain(name, stage, async () => {
    const producer = new UserProducer({
      queueUrl: stage.queueUrl,
      client: new SQSClient(CLIENT_SETTINGS),
      usersPerMessage: scenario.usersPerMessage,
      ...(stage.fifo && scenario.oneGroup && { messageGroupId: `${name}-group`.replace(' ', '-') }),
    });
    while (settled < records.length) {
      const some = records.slice(settled, settled + 1 + Math.floor(random() * 12));
      journal.note(
        name,
        'sends',
        some.map(({ serial }) => serial),
      );
      try {
        const { refused } = await producer.sendAll(some.map(({ text }) => JSON.parse(text) as User));
        if (refused > 0)
          ledger.violate(
            'nobody is rejected who was good',
            `the producer refused ${refused}`,
            some.map(({ serial }) => serial),
          );
        settle(some);
      } catch (error) {
        if (!(error instanceof UsersNotSentError)) throw error;
        settle(some.slice(0, error.report.settled));
        journal.note(name, `sending ended: ${(error.cause as Error).name}`);
        await pause(timeline, 30_000);
      }
      await pause(timeline, random() * scenario.pause);
    }
  });
  ledger.sentInOrder(records);

  function settle(some: readonly SentRecord[]): void {
    ledger.promised(some.map(({ serial }) => serial));
    settled += some.length;
  }
}

interface RawMessage {
  readonly body: string;
  readonly serials: readonly number[];
  readonly group: string;
}

/** A program in another language, which checks nothing, and repeats what SQS does not confirm. */
async function sendByHand(name: string, scenario: ProducerScenario, maker: RecordMaker, stage: Stage): Promise<void> {
  const { timeline, ledger, journal, random, fifo } = stage;
  const messages: RawMessage[] = [];
  const records: SentRecord[] = [];
  while (records.length < scenario.records) {
    const some = Array.from({ length: 1 + Math.floor(random() * scenario.usersPerMessage) }, () => maker.make());
    const isCutOff = random() < scenario.badShare / 5;
    const text = some.length === 1 ? some[0]!.text : `{"users":[${some.map((record) => record.text).join(',')}]}`;
    const made = some.map((record): SentRecord => (isCutOff ? { ...record, fate: 'breaksContract' } : record));
    for (const record of made) ledger.add(record);
    records.push(...made);
    const body = isCutOff ? cutOff(text) : text;
    messages.push({
      body: scenario.isLarge && random() < 0.5 ? padded(body, some[0]!.serial, random) : body,
      serials: some.map(({ serial }) => serial),
      group: some.length === 1 && !scenario.oneGroup ? `of-${some[0]!.userId}` : `all-of-${name.replace(' ', '-')}`,
    });
  }
  // A user's records are in one group, or nobody promises anything about their order.
  const isMixed = new Set(messages.map(({ group }) => group.slice(0, 3))).size > 1;
  let sent = 0;
  await runAgainAndAgain(name, stage, async () => {
    const client = new SQSClient(CLIENT_SETTINGS);
    while (sent < messages.length) {
      const some = messages.slice(sent, sent + (fifo || scenario.isLarge ? 1 : 10));
      journal.note(
        name,
        'sends',
        some.flatMap(({ serials }) => serials),
      );
      const Entries = some.map(({ body, serials, group }, index) => ({
        Id: String(index),
        MessageBody: body,
        MessageAttributes: attributesFor(body, serials[0]!),
        // On a standard queue a message group says where a message comes from.
        ...(!fifo && scenario.oneGroup && { MessageGroupId: name.replace(' ', '-') }),
        ...(fifo && {
          MessageGroupId: isMixed ? 'all' : group,
          MessageDeduplicationId: `${name}-${serials[0]}`.replace(' ', '-'),
        }),
      }));
      for (let left = Entries; left.length > 0; ) {
        const before = left;
        try {
          const { Failed = [] } = await client.send(
            new SendMessageBatchCommand({ QueueUrl: stage.queueUrl, Entries: left }),
          );
          const failed = new Set(Failed.map(({ Id }) => Id));
          left = left.filter(({ Id }) => failed.has(Id));
        } catch {
          left = before;
        }
        if (left.length > 0) await pause(timeline, 1_000);
      }
      ledger.promised(some.flatMap(({ serials }) => serials));
      sent += some.length;
      await pause(timeline, random() * scenario.pause);
    }
  });
  ledger.sentInOrder(records);
}

/** As large as SQS takes with its attributes, or a little less, so that little room is left to say why it fails. */
function padded(body: string, serial: number, random: () => number): string {
  const room = MAX_MESSAGE_BYTES - sizeOf({ body, attributes: attributesFor(body, serial) });
  return body + ' '.repeat(Math.max(0, room - Math.floor(random() * 3) * Math.floor(random() * 3_000)));
}

/** Up to as many as SQS takes. */
function attributesFor(body: string, serial: number) {
  // What is to keep a record from being read is looked for among its attributes.
  const count = Math.max(UNREAD.test(body) ? 1 : 0, serial % 11);
  const names = Array.from({ length: count }, (_, index) => (index === 0 ? '__proto__' : `attribute${index}`));
  // Object.fromEntries makes a member of each name, whatever it is called.
  return Object.fromEntries(names.map((name) => [name, { DataType: 'String', StringValue: 'value' }]));
}
