/** Sends users to the users queue, from a program. */

import type { SQSClient } from '@aws-sdk/client-sqs';
import { groupOfUser, isMessageGroupId } from '../aws/sqs/message-group.ts';
import { type DatasetRules, SCHEMA_CHECKS, type SchemaCheck } from '../contract/dataset/admission.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../contract/dataset/put-users-limits.ts';
import { readUsersSchema, SchemaError } from '../contract/dataset/read-users-schema.ts';
import { isWholeNumber, wholeNumberWords } from '../contract/input/whole-number.ts';
import { createMessageReader, type MessageReader } from '../contract/message/read-message.ts';
import { UserRefusedError, UsersNotSentError } from './errors.ts';
import { type QueueClient, usableClient } from './given-client.ts';
import type { Draft } from './pack.ts';
import { createQueueClient } from './queue-client.ts';
import { readUser } from './read-user.ts';
import type { Refusal, SendReport } from './send-report.ts';
import { type SettleOptions, settle } from './settle.ts';
import type { PropertiesOf, User, UserProperties } from './user.ts';

/** What a `UserProducer` is made from. */
export interface UserProducerOptions<Properties extends PropertiesOf<Properties> = UserProperties> {
  /** The URL of the users queue: the output `QueueUrl` of the stack. One that ends in `.fifo` is a FIFO queue's. */
  readonly queueUrl: string;
  /**
   * An `SQSClient` of `@aws-sdk/client-sqs`; it needs `sqs:SendMessage` on the queue. Whoever gives it, destroys it.
   *
   * @default one for the region of the queue, with credentials from the usual places, through the proxy of HTTPS_PROXY, at the
   * endpoint that the AWS configuration chooses, or else the host of `queueUrl`
   */
  readonly client?: QueueClient;
  /**
   * The most users of one message: 1 to 10,000. No more than the deployment was told of (its setting `usersPerMessage`),
   * since its batches are sized by that.
   *
   * @default 1
   */
  readonly usersPerMessage?: number;
  /** Batches of at most 10 messages that are sent at a time; a FIFO queue has 1. @default 10 */
  readonly concurrency?: number;
  /** Attempts for a message, at most, about a minute with the default. @default 10 */
  readonly maxAttempts?: number;
  /** Characters of a user's properties, written as JSON: the setting of the deployment. @default 24000 */
  readonly maxPropertiesLength?: number;
  /**
   * The dataset's Avro schema, as text or parsed: users that do not fit it are refused before they are sent. What
   * `npx personalize-users schema` prints.
   *
   * @default users of any properties are sent
   */
  readonly schema?: string | object;
  /**
   * What is done with users that do not fit `schema`: `certain` refuses those that PutUsers surely refuses, `all` those too
   * of whom nobody knows, `separate` and `off` none. docs/message-contract.md has which is which.
   *
   * @default certain
   */
  readonly schemaCheck?: SchemaCheck;
  /** How long `send` waits for more users that can share its call, in milliseconds. @default 20 */
  readonly maxDelayInMilliseconds?: number;
  /**
   * The message group on a FIFO queue: one for all, or one for each user. Users of one group keep their order. A message
   * holds users of one group only.
   *
   * @default the userId, or its SHA-256 if SQS does not take that
   */
  readonly messageGroupId?: string | ((user: User<Properties>) => string);
  /**
   * Where the users come from, on a standard queue: 1 to 128 letters, digits and punctuation characters. Whoever sends very
   * many at once gives them a source of their own, and nobody else waits behind them. Users that come as they happen need none.
   *
   * @default none: each message is a source of its own
   */
  readonly source?: string;
}

/** What `sendAll` may be told. */
export interface SendAllOptions<Properties extends PropertiesOf<Properties> = UserProperties> {
  /**
   * Is told of each user that was refused, in their order, and waited for. The report then lists none, so that memory stays
   * bounded.
   *
   * @default the report lists them
   */
  readonly onRefused?: (refusal: Refusal<User<Properties>>) => void | Promise<void>;
}

/**
 * Sends users to the users queue: holds them to the message contract, packs them, sends them in batches, and repeats what
 * fails with a growing, jittered back-off. Nothing is lost without a word: each user is sent, or refused with a reason, or
 * an error says from where to go on.
 *
 * @example
 * ```ts
 * interface Member {
 *   age?: number;
 *   favouriteGenres: string[];
 * }
 *
 * await using producer = new UserProducer<Member>({ queueUrl: process.env.QUEUE_URL! });
 *
 * // Now and then a user:
 * await producer.send({ userId: 'user-0042', properties: { age: 31, favouriteGenres: ['Crime', 'Drama'] } });
 *
 * // Very many, from a database say, in constant memory:
 * const { sent, refused } = await producer.sendAll(readMembers(), {
 *   onRefused: ({ user, reason }) => console.error(user.userId, reason.message),
 * });
 * ```
 */
export class UserProducer<Properties extends PropertiesOf<Properties> = UserProperties> implements AsyncDisposable {
  readonly #options: UserProducerOptions<Properties>;
  readonly #settling: SettleOptions;
  readonly #readMessage: MessageReader;
  readonly #ownClient: SQSClient | undefined;
  readonly #fifo: boolean;
  /** What waits for company before it is sent. */
  #waiting: Waiting<User<Properties>>[] = [];
  #timer: NodeJS.Timeout | undefined;
  /** What is being sent: in each lane one thing after the other. */
  readonly #lanes: Promise<void>[];
  #nextLane = 0;
  #closed = false;

  /**
   * @throws RangeError or TypeError for options that make no sense
   * @throws ProxyError when no client is given, and the environment names a proxy that cannot be used
   */
  constructor(options: UserProducerOptions<Properties>) {
    checkOptions(options);
    const {
      queueUrl,
      usersPerMessage = 1,
      concurrency = 10,
      maxAttempts = 10,
      maxPropertiesLength = DEFAULT_MAX_PROPERTIES_LENGTH,
    } = options;
    this.#options = options;
    this.#fifo = isFifo(queueUrl);
    this.#readMessage = createMessageReader({ maxPropertiesLength, dataset: datasetOf(options) });
    this.#ownClient = options.client ? undefined : createQueueClient(queueUrl);
    this.#settling = {
      client: options.client ? usableClient(options.client) : this.#ownClient!,
      queueUrl,
      usersPerMessage,
      maxAttempts,
      concurrency: this.#fifo ? 1 : concurrency,
      source: options.source,
    };
    this.#lanes = Array.from({ length: this.#settling.concurrency }, () => Promise.resolve());
  }

  /**
   * Sends one user, together with others that are sent within `maxDelayInMilliseconds`. Await it before very many more are
   * sent: what is not settled takes memory.
   *
   * @returns the id of the message that carries it, once the queue has confirmed it
   * @throws UserRefusedError when it breaks the contract, or the queue does not take it
   * @throws UsersNotSentError when it could not be sent, or it is unknown whether it was
   */
  async send(user: User<Properties>): Promise<{ readonly messageId: string }> {
    this.#mustBeOpen();
    const draft = this.#draft({ user, index: 0 });
    if (draft.kind === 'refused') throw new UserRefusedError(draft.reason);
    const sent = new Promise<{ messageId: string }>((resolve, reject) => {
      this.#waiting.push({ draft, resolve, reject });
    });
    if (this.#waiting.length >= this.#settling.usersPerMessage * 10) this.#sendWaiting();
    else this.#timer ??= setTimeout(() => this.#sendWaiting(), this.#options.maxDelayInMilliseconds ?? 20);
    return sent;
  }

  /**
   * Sends users, and reads no further ahead than a few batches. They are read, and told of, in their order; on a standard
   * queue they need not be received in it.
   *
   * @throws UsersNotSentError when sending cannot go on: no permission, no such queue, or no answer however often it is tried
   * @throws what reading the users, or `onRefused`, throws, as the cause of such an error
   */
  async sendAll(
    users: Iterable<User<Properties>> | AsyncIterable<User<Properties>>,
    { onRefused }: SendAllOptions<Properties> = {},
  ): Promise<SendReport<User<Properties>>> {
    this.#mustBeOpen();
    const refusals: Refusal<User<Properties>>[] = [];
    const count = { settled: 0, sent: 0, messages: 0, refused: 0 };
    try {
      for await (const { messages, outcomes } of settle(this.#drafts(users), this.#settling)) {
        count.messages += messages;
        for (const outcome of outcomes) {
          if (outcome.kind === 'sent') count.sent++;
          else {
            const refusal = { ...outcome.input, reason: outcome.reason };
            if (onRefused) await onRefused(refusal);
            else refusals.push(refusal);
            count.refused++;
          }
          count.settled++;
        }
      }
    } catch (error) {
      throw new UsersNotSentError({ ...count, refusals }, error);
    }
    return { ...count, refusals };
  }

  /** Sends now what waits for company. Resolves when all that was given to `send` is settled; `send` says how. */
  async flush(): Promise<void> {
    this.#sendWaiting();
    await Promise.all(this.#lanes);
  }

  /** Flushes, takes no more users, and closes the connections that it has opened itself. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
    this.#ownClient?.destroy();
  }

  /** As `close`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *#drafts(users: Iterable<User<Properties>> | AsyncIterable<User<Properties>>) {
    let index = 0;
    for await (const user of users) yield [this.#draft({ user, index: index++ })];
  }

  #draft(input: Given<User<Properties>>): Draft<Given<User<Properties>>> {
    const reading = readUser(input.user, this.#readMessage);
    if (reading.kind === 'refused') return { ...reading, input };
    const { user, version } = reading;
    if (!this.#fifo) return { kind: 'user', input, user, version };
    const groupId = this.#groupOf(input.user);
    return isMessageGroupId(groupId)
      ? { kind: 'user', input, user, version, groupId }
      : { kind: 'refused', input, reason: { code: 'InvalidMessageGroupId', message: badGroup(groupId) } };
  }

  #groupOf(user: User<Properties>): string {
    const { messageGroupId = groupOfUser } = this.#options;
    return typeof messageGroupId === 'string' ? messageGroupId : messageGroupId(user);
  }

  #sendWaiting(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    const lane = this.#nextLane;
    this.#nextLane = (lane + 1) % this.#lanes.length;
    this.#lanes[lane] = this.#lanes[lane]!.then(() => settleWaiting(waiting, this.#settling));
  }

  #mustBeOpen(): void {
    if (this.#closed) throw new Error('The producer is closed: it takes no more users.');
  }
}

interface Given<SomeUser> {
  readonly index: number;
  readonly user: SomeUser;
}

interface Waiting<SomeUser> {
  readonly draft: Draft<Given<SomeUser>> & { kind: 'user' };
  resolve(sent: { messageId: string }): void;
  reject(error: Error): void;
}

/** Never throws: each of those who wait is told. */
async function settleWaiting<SomeUser>(waiting: readonly Waiting<SomeUser>[], settling: SettleOptions): Promise<void> {
  const drafts = waiting.map((one) => ({ ...one.draft, input: one }));
  try {
    for await (const { outcomes } of settle(once(drafts), settling)) {
      for (const outcome of outcomes) {
        if (outcome.kind === 'sent') outcome.input.resolve({ messageId: outcome.messageId });
        else outcome.input.reject(new UserRefusedError(outcome.reason));
      }
    }
  } catch (error) {
    const nothing = { settled: 0, sent: 0, messages: 0, refused: 0, refusals: [] };
    // Who has been told already hears no more of it.
    for (const one of waiting) one.reject(new UsersNotSentError(nothing, error));
  }
}

async function* once<Item>(item: Item): AsyncGenerator<Item> {
  yield item;
}

/** @throws RangeError for what is no schema of a Users dataset */
function datasetOf({
  schema,
  schemaCheck,
}: {
  schema?: string | object;
  schemaCheck?: SchemaCheck;
}): DatasetRules | undefined {
  if (schemaCheck !== undefined && !SCHEMA_CHECKS.includes(schemaCheck)) {
    throw new RangeError(`schemaCheck takes one of ${SCHEMA_CHECKS.join(', ')}, not ${schemaCheck}.`);
  }
  if (schema === undefined) return undefined;
  try {
    const read = readUsersSchema(typeof schema === 'string' ? schema : JSON.stringify(schema));
    return { schema: read, ...(schemaCheck && { check: schemaCheck }) };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new RangeError(`schema takes the Avro schema of a Users dataset: ${error.message}.`, { cause: error });
  }
}

/** An ARN is a URL too, by its form. */
function isUrlOfQueue(queueUrl: unknown): queueUrl is string {
  return typeof queueUrl === 'string' && URL.canParse(queueUrl) && /^https?:$/.test(new URL(queueUrl).protocol);
}

function isFifo(queueUrl: string): boolean {
  return queueUrl.endsWith('.fifo');
}

function checkOptions<Properties extends PropertiesOf<Properties>>(options: UserProducerOptions<Properties>): void {
  const { queueUrl, messageGroupId, source } = options ?? {};
  if (!isUrlOfQueue(queueUrl)) {
    throw new TypeError(`queueUrl takes the URL of the users queue, the stack's output QueueUrl, not ${queueUrl}.`);
  }
  mustBeWhole('usersPerMessage', options.usersPerMessage, 1, 10_000);
  mustBeWhole('concurrency', options.concurrency, 1, 1_000);
  mustBeWhole('maxAttempts', options.maxAttempts, 1, 1_000);
  mustBeWhole('maxPropertiesLength', options.maxPropertiesLength, 1, 1_000_000);
  mustBeWhole('maxDelayInMilliseconds', options.maxDelayInMilliseconds, 0, 60_000);
  if (source !== undefined) checkSource(source, queueUrl);
  if (messageGroupId === undefined) return;
  if (!isFifo(queueUrl)) throw new TypeError(`messageGroupId is for FIFO queues, and ${queueUrl} is none.`);
  if (typeof messageGroupId === 'string' && !isMessageGroupId(messageGroupId)) {
    throw new RangeError(badGroup(messageGroupId));
  }
}

function checkSource(source: string, queueUrl: string): void {
  if (isFifo(queueUrl)) {
    throw new TypeError(`source is for standard queues, and ${queueUrl} is a FIFO queue, whose groups keep an order.`);
  }
  if (typeof source === 'string' && isMessageGroupId(source)) return;
  throw new RangeError(`source takes ${GROUP_TAKES}, not ${JSON.stringify(source)}.`);
}

function mustBeWhole(name: string, value: number | undefined, min: number, max: number): void {
  if (value === undefined || isWholeNumber(value, min, max)) return;
  throw new RangeError(`${name} takes ${wholeNumberWords(min, max)}, not ${value}.`);
}

function badGroup(groupId: unknown): string {
  return `messageGroupId takes ${GROUP_TAKES}, not ${JSON.stringify(groupId)}.`;
}

const GROUP_TAKES = '1 to 128 letters, digits and punctuation characters';
