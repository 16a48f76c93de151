/**
 * What a body is that is no user, but is known: an envelope that a service puts around messages, or a notification of its
 * own. Asked only of a body that is rejected, so that its reason says what to do. Nothing of the body is quoted.
 */
import { isJsonObject } from './json-object.ts';

/** A kind of body that is no message, and what to do about it. */
interface Envelope {
  /** Completes "the body is ...". */
  readonly is: string;
  readonly matches: (body: unknown) => boolean;
}

/** Each with the source of how it looks. */
const ENVELOPES: readonly Envelope[] = [
  {
    // SNS developer guide: parsing message formats, HTTP/HTTPS notification JSON format; it is the same in SQS.
    is: 'an SNS notification around the message: turn on raw message delivery for the subscription of this queue',
    matches: (body) => memberOf(body, 'Type') === 'Notification' && hasTexts(body, 'TopicArn', 'Message'),
  },
  {
    // SNS developer guide: sending messages to an SQS queue in a different account.
    is: 'the confirmation of an SNS subscription, and no user: open its SubscribeURL to confirm, and turn on raw message delivery',
    matches: (body) => hasTexts(body, 'Type', 'TopicArn', 'SubscribeURL'),
  },
  {
    // S3 user guide: event notification types and destinations, the test notification.
    is: "the test event of S3, sent because a bucket's event notifications go to this queue: they carry no users; have them go elsewhere",
    matches: (body) => memberOf(body, 'Event') === 's3:TestEvent',
  },
  {
    // S3 user guide: event message structure.
    is: 'an S3 event notification, which names an object and carries no users: send the users that are in the object instead',
    matches: (body) => sourceOfFirst(body) === 'aws:s3',
  },
  {
    // Lambda developer guide: the events of SQS, Kinesis, DynamoDB (eventSource) and SNS (EventSource).
    is: 'the event of a Lambda function, with Records around the users: send each user as a message of its own',
    matches: (body) => sourceOfFirst(body) !== undefined,
  },
  {
    // EventBridge user guide: Pipes, DynamoDB stream and Kinesis stream as a source: what Lambda would get, without Records.
    is: 'a record of a stream around the user: give the pipe an input transformer that makes the user of it',
    matches: (body) => hasTexts(body, 'eventSource'),
  },
  {
    // EventBridge user guide: event structure.
    is: 'an EventBridge event around the user: give the target of the rule an input transformer, as docs/producers.md shows',
    matches: (body) => hasTexts(body, 'detail-type', 'source') && memberOf(body, 'detail') !== undefined,
  },
  {
    // awslabs/payload-offloading-java-common-lib-for-aws, PayloadS3Pointer; its first versions have MessageS3Pointer.
    is: 'a pointer of the SQS extended client to an object in S3, where the users are: send them as messages of at most 1 MiB with the plain client',
    matches: (body) => Array.isArray(body) && typeof body[0] === 'string' && body[0].endsWith('S3Pointer'),
  },
  {
    // CloudEvents 1.0.2, JSON event format.
    is: 'a CloudEvent around the user: send its data alone',
    matches: (body) => hasTexts(body, 'specversion', 'id', 'source', 'type'),
  },
  {
    // Lambda developer guide: asynchronous invocation, the record that a destination gets.
    is: 'the record of a Lambda destination: send the user alone',
    matches: (body) => memberOf(body, 'requestContext') !== undefined && memberOf(body, 'requestPayload') !== undefined,
  },
  {
    // SQS API reference, ReceiveMessage; and, as Lambda has it, the developer guide.
    is: 'an SQS message around another: send its body alone',
    matches: (body) => hasTexts(body, 'MessageId', 'Body') || hasTexts(body, 'messageId', 'receiptHandle', 'body'),
  },
  {
    // Seen where a body that was JSON already is serialized again.
    is: 'JSON that was written as a JSON string: serialize it once, not twice',
    matches: (body) => typeof body === 'string' && isJsonObject(parse(body)),
  },
];

/** What a body is, if it is a known one, as a reason says it. */
export function describeEnvelope(body: unknown): string | undefined {
  const envelope = ENVELOPES.find(({ matches }) => matches(body));
  return envelope && `the body is ${envelope.is}`;
}

/** What a body that is not JSON is, if that is known. */
export function describeText(body: string): string | undefined {
  if (body.startsWith('\uFEFF')) return 'the body begins with a byte order mark (\\ufeff): send it without';
  // `{"` in base64.
  if (/^eyJ[\w+/-]+={0,2}\s*$/.test(body)) return 'the body is base64: send the JSON as it is';
  return undefined;
}

function sourceOfFirst(body: unknown): unknown {
  const records = memberOf(body, 'Records');
  if (!Array.isArray(records)) return undefined;
  return memberOf(records[0], 'eventSource') ?? memberOf(records[0], 'EventSource');
}

function hasTexts(body: unknown, ...names: readonly string[]): boolean {
  return names.every((name) => typeof memberOf(body, name) === 'string');
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
