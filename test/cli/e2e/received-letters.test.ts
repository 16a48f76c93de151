/** Letters as SQS gives them, and the local one does not: of traces, and such as cannot be read. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { awsAt, runCli } from '../support/run-cli.ts';
import { type ScriptedAws, stackOutputs, startScriptedAws } from '../support/scripted-aws.ts';

jest.setTimeout(60_000);

const QUEUES = {
  usersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users',
  lettersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters',
};
const EMPTY_MD5 = '0cc175b9c0f1b6a831c399e269772661';

const message = (id: string, Attributes: Readonly<Record<string, string>>) => ({
  MessageId: id,
  ReceiptHandle: `receipt-${id}`,
  Body: 'a',
  MD5OfBody: EMPTY_MD5,
  Attributes,
});

describe('received letters', () => {
  let aws: ScriptedAws;
  afterEach(() => aws.stop());

  /** @param letters - the one receive that gives any */
  async function runOn(letters: readonly object[], args: readonly string[]) {
    let receives = 0;
    aws = await startScriptedAws(
      {
        GetQueueAttributes: () => ({
          output: { Attributes: { ApproximateNumberOfMessages: String(letters.length) } },
        }),
        ReceiveMessage: () => ({ output: receives++ > 0 ? {} : { Messages: letters } }),
        ChangeMessageVisibilityBatch: () => ({ output: {} }),
        SendMessageBatch: () => ({
          output: { Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: EMPTY_MD5 }] },
        }),
        DeleteMessageBatch: () => ({ output: { Successful: [{ Id: '0' }] } }),
      },
      { Mine: stackOutputs(QUEUES) },
    );
    const result = await runCli(['dlq', ...args, '--stack', 'Mine'], awsAt(aws.endpoint));
    const givenBack = aws
      .callsOf('ChangeMessageVisibilityBatch')
      .flatMap(({ input }) => input.Entries as readonly { ReceiptHandle: string; VisibilityTimeout: number }[])
      .filter(({ VisibilityTimeout }) => VisibilityTimeout === 0)
      .map(({ ReceiptHandle }) => ReceiptHandle);
    return { ...result, givenBack };
  }

  const run = (...args: readonly string[]) =>
    runOn([message('odd', {}), message('good', { SentTimestamp: '1' })], args);

  const SENTENCE = 'Dead letter odd cannot be read, and was left alone: its SentTimestamp is no time: undefined.';

  test('without a time are named by list, which goes on with the others', async () => {
    const { stdout, stderr, givenBack } = await run('list', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ deadLetters: 1, unseen: 0, unreadable: [{ messageId: 'odd' }] });
    expect(stderr).toContain(SENTENCE);
    expect(givenBack.toSorted()).toEqual(['receipt-good', 'receipt-odd']);
  });

  test('without a time are named by export, which is not complete then', async () => {
    const { stdout, stderr, code } = await run('export', '-');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ messageId: 'good' });
    expect(stderr).toContain(SENTENCE);
  });

  test('without a time stay when the others are replayed', async () => {
    const { stderr, code, givenBack } = await run('replay', '--yes', '--limit', '5');
    expect(code).toBe(3);
    expect(stderr).toContain(SENTENCE);
    const deleted = aws.callsOf('DeleteMessageBatch').map(({ input }) => input.Entries);
    expect(deleted).toEqual([[{ Id: '0', ReceiptHandle: 'receipt-good' }]]);
    expect(givenBack).toEqual(['receipt-odd']);
  });

  test('without a time are told of when they are asked for', async () => {
    const { stderr, code } = await run('show', 'odd');
    expect(code).toBe(1);
    expect(stderr).toContain('error: The dead letter odd cannot be read: its SentTimestamp is no time: undefined.');
  });

  const TRACE = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=2:a87bd80c:1';
  const TRACED = [message('traced', { SentTimestamp: '1', AWSTraceHeader: TRACE })];

  test('of a trace are exported and shown with it', async () => {
    const { stdout } = await runOn(TRACED, ['export', '-']);
    expect(JSON.parse(stdout)).toMatchObject({ messageId: 'traced', awsTraceHeader: TRACE });
    expect(aws.callsOf('ReceiveMessage')[0]!.input.MessageSystemAttributeNames).toContain('AWSTraceHeader');
    await aws.stop();
    expect((await runOn(TRACED, ['show', 'traced'])).stdout).toMatch(`AWSTraceHeader  ${TRACE}\n`);
  });

  test('of a trace are replayed as a part of it', async () => {
    await runOn(TRACED, ['replay', '--yes', '--limit', '1']);
    expect(aws.callsOf('SendMessageBatch').map(({ input }) => input.Entries)).toMatchObject([
      [{ MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: TRACE } } }],
    ]);
  });
});
