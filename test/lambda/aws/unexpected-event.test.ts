import { expect, test } from '@jest/globals';
import { mustBeSqsEvent, UnexpectedEventError } from '../../../lambda/aws/unexpected-event.ts';

const saidOf = (event: unknown) => {
  try {
    mustBeSqsEvent(event);
    return 'nothing is wrong';
  } catch (error) {
    expect(error).toBeInstanceOf(UnexpectedEventError);
    return (error as Error).message.match(/but got (.*?)\. To put users/)?.[1];
  }
};
const ofQueue = { messageId: 'm1', eventSource: 'aws:sqs' };

test.each<[unknown, string]>([
  [7, 'a number'],
  ['{}', 'a string'],
  [true, 'a boolean'],
  [{ Records: null }, 'an object whose Records are no list'],
  [{ Records: [ofQueue, 7] }, 'a record without a messageId'],
  [{ Records: [{ ...ofQueue, messageId: 7 }] }, 'a record without a messageId'],
  [{ Records: [{ ...ofQueue, messageId: '' }] }, 'a record without a messageId'],
  [{ Records: [ofQueue, { ...ofQueue, eventSource: 'aws:s3' }] }, 'a record of aws:s3'],
])('of %j it is said what it is', (event, what) => {
  expect(saidOf(event)).toBe(what);
});

test.each(['sns', 's3', 'kinesis', 'dynamodb', 'kafka', 'mq', 'ses'])(
  'of a record of aws:%s it is said where it comes from, however that spells it',
  (name) => {
    expect(saidOf({ Records: [{ eventSource: `aws:${name}` }] })).toBe(`a record of aws:${name}`);
    expect(saidOf({ Records: [{ EventSource: `aws:${name}`, messageId: 'm1' }] })).toBe(`a record of aws:${name}`);
  },
);

test.each([[{ Records: [] }], [{ Records: [ofQueue] }], [{ Records: [{ messageId: 'm1' }] }]])(
  '%j is a batch of the queue',
  (event) => {
    expect(saidOf(event)).toBe('nothing is wrong');
  },
);
