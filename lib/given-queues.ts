/** Queues that the construct is given: whether they fit, what follows from them, and what has to be said of those that cannot be looked at. */
import { Annotations, Resource, Stack, Token } from 'aws-cdk-lib';
import type { IAlias, IKey } from 'aws-cdk-lib/aws-kms';
import { CfnQueue, type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { RETENTION_IN_SECONDS } from '../aws/sqs/limits.ts';
import { completed, difference, type Place, placeOfArn, placeOfEnvironment } from './place.ts';
import { SettingError } from './setting.ts';
import { longestReceiveInSeconds, type Sizing, type SizingProps, sizing } from './sizing.ts';

/** The queues that a pipeline can be given. */
export interface GivenQueueProps {
  /**
   * A queue of your own that producers send to. One of the same app is checked: it is a FIFO queue if `fifo` says so, hides messages for
   * long enough, and has a dead-letter queue. Of one that is imported, a warning says what could not be checked. Its policy, its
   * encryption and its removal are yours.
   * @default - one is made
   */
  readonly queue?: IQueue;
  /**
   * A queue of your own for users that could not be delivered: a FIFO queue if the users queue is one. A users queue that is given as well
   * has to have it in its redrive policy.
   * @default - that of `queue`, if it is known, or one is made
   */
  readonly deadLetterQueue?: IQueue;
}

/** What is given, with what follows from it. */
export interface GivenQueues extends GivenQueueProps {
  /** Sizes that are the users queue's own. */
  readonly sizes: Pick<SizingProps, 'fifo' | 'visibilityTimeoutInSeconds' | 'maxReceiveCount'>;
  /** For how long the users queue keeps a message. */
  readonly retentionInSeconds: number;
}

/** What a queue is made with if nobody says otherwise. Source: CreateQueue API reference. */
const DEFAULT_VISIBILITY_TIMEOUT_IN_SECONDS = 30;
const DEFAULT_RETENTION_IN_SECONDS = 345_600;

/**
 * Looks at what is given.
 *
 * @param pipeline - where the function is
 * @throws SettingError for a queue that is known not to fit
 */
export function readGivenQueues(props: GivenQueueProps & SizingProps, pipeline: Place): GivenQueues {
  const { queue } = props;
  const deadLetterQueue = props.deadLetterQueue ?? redriveOf(queue)?.queue;
  if (queue) refuseElsewhere('queue', queue, pipeline);
  if (deadLetterQueue) refuseElsewhere('deadLetterQueue', deadLetterQueue, pipeline);
  refuseSame({ queue, deadLetterQueue });
  refuseOtherKind(props.fifo, { queue, deadLetterQueue });
  if (queue) refuseOtherRedrive(queue, deadLetterQueue);
  if (queue) refuseOtherAccount(queue, deadLetterQueue, pipeline);
  if (deadLetterQueue) refuseDenial(deadLetterQueue, queue);
  const fifo = props.fifo ?? kindOf(queue) ?? kindOf(deadLetterQueue);
  const given = { ...(queue && { queue }), ...(deadLetterQueue && { deadLetterQueue }) };
  const sizes = { ...(fifo !== undefined && { fifo }), ...sizesOf(queue, props) };
  return { ...given, sizes, retentionInSeconds: retentionOf(queue) };
}

/**
 * Refuses a users queue that does not fit the sizes.
 *
 * @param props - what was given of the sizes
 * @throws SettingError
 */
export function refuseUnfitQueue({ queue, sizes, retentionInSeconds }: GivenQueues, props: SizingProps): void {
  const visible = queue && visibilityOf(queue);
  if (!queue || visible === undefined) return;
  const { visibilityTimeoutInSeconds: _, ...others } = { ...props, ...sizes };
  const decided = sizing(others);
  const least = decided.visibilityTimeoutInSeconds;
  if (visible < least) {
    throw new SettingError(
      'queue',
      `queue takes one with a visibility timeout of at least ${least} s here (6 times timeoutInSeconds, which is ` +
        `${decided.timeoutInSeconds}, and the batching window), but got one with ${visible} s.`,
    );
  }
  const retries =
    decided.maxReceiveCount * longestReceiveInSeconds({ ...decided, visibilityTimeoutInSeconds: visible });
  if (retries <= retentionInSeconds) return;
  throw new SettingError(
    'queue',
    `queue takes one that keeps messages for at least ${retries} s, which is what ${decided.maxReceiveCount} receives can take, ` +
      `but got one that keeps them for ${retentionInSeconds} s.`,
  );
}

/** Says what could not be checked. */
export function warnOfUnchecked(
  scope: Construct,
  given: GivenQueues,
  deadLetterQueue: IQueue,
  sizes: Sizing,
  pipeline: Place,
): void {
  const warn = (id: string, sentence: string) =>
    Annotations.of(scope).addWarningV2(`personalize-users:${id}`, sentence);
  if (given.queue && isImported(given.queue)) {
    warn('imported-queue', `queue is imported and cannot be checked. ${unchecked(deadLetterQueue, sizes).join(' ')}`);
  }
  if (given.deadLetterQueue && isImported(given.deadLetterQueue)) {
    warn(
      'imported-dead-letter-queue',
      `deadLetterQueue is imported and cannot be checked. It has to be ${kindName(sizes.fifo)}, keep messages for 14 days, and let ` +
        'the users queue have it as its dead-letter queue.',
    );
  }
  for (const [name, queue] of Object.entries({ queue: given.queue, deadLetterQueue: given.deadLetterQueue })) {
    if (queue && encryption(queue) === 'unknown') {
      warn(
        `${name}-key`,
        `${name} is encrypted by an alias whose key is not known here: let the function's role use it.`,
      );
    }
  }
  for (const [name, rights] of Object.entries(RIGHTS_OF_FUNCTION)) {
    const queue = given[name as keyof typeof RIGHTS_OF_FUNCTION];
    const account = queue && placeOfQueue(queue).account;
    if (difference({ account }, pipeline, ['account']) === undefined) continue;
    warn(
      `${name}-account`,
      `${name} is in account ${account}: its policy has to let the function's role ${rights}, and so has that of its key.`,
    );
  }
  const [kept, most] = [cfnQueueOf(given.deadLetterQueue)?.messageRetentionPeriod, given.retentionInSeconds];
  if (given.deadLetterQueue && cfnQueueOf(given.deadLetterQueue) && (kept ?? DEFAULT_RETENTION_IN_SECONDS) < most) {
    warn(
      'dead-letter-retention',
      'deadLetterQueue keeps messages for less long than the users queue does, so a dead letter may be gone soon after it came: ' +
        'SQS counts from when a message was sent first.',
    );
  }
}

/** What the policy of a queue in another account has to allow. Source: SQS developer guide, cross-account permissions. */
const RIGHTS_OF_FUNCTION = {
  queue:
    'receive, hide and delete its messages (sqs:ReceiveMessage, sqs:ChangeMessageVisibility, sqs:DeleteMessage, sqs:GetQueueAttributes)',
  deadLetterQueue: 'send (sqs:SendMessage)',
} as const;

function unchecked(deadLetterQueue: IQueue, sizes: Sizing): string[] {
  const { visibilityTimeoutInSeconds, maxReceiveCount, fifo } = sizes;
  return [
    `It has to be ${kindName(fifo)}, with a visibility timeout of at least ${visibilityTimeoutInSeconds} s`,
    `and a redrive policy to ${shown(deadLetterQueue)} after ${maxReceiveCount} receives (visibilityTimeoutInSeconds and`,
    'maxReceiveCount are to be what it has), and should keep messages for 14 days. Its policy has to let producers send.',
    'If a key of yours encrypts it, import it with keyArn.',
  ];
}

/** Whether the app does not make the queue, so that nothing about it can be seen or changed. */
export function isImported(queue: IQueue): boolean {
  return cfnQueueOf(queue) === undefined;
}

/** What encrypts a queue and the function's role needs a permission for. */
export function keyOf(queue: IQueue): IKey | undefined {
  const key = encryption(queue);
  return key === 'unknown' ? undefined : key;
}

/** AWS's own key needs none. Source: SQS developer guide, key management. */
function encryption({ encryptionMasterKey: key }: IQueue): IKey | 'unknown' | undefined {
  if (!key || !('aliasName' in key)) return key;
  if (key.aliasName === 'alias/aws/sqs') return undefined;
  try {
    return (key as IAlias).aliasTargetKey;
  } catch {
    // An alias that is imported by its name knows no key.
    return 'unknown';
  }
}

/** Source: CreateEventSourceMapping API reference, and SQS developer guide, dead-letter queues: they are in one region. */
function refuseElsewhere(setting: 'queue' | 'deadLetterQueue', queue: IQueue, pipeline: Place): void {
  const place = placeOfQueue(queue);
  const part = difference(place, pipeline, ['partition', 'region']);
  if (part === undefined) return;
  throw new SettingError(
    setting,
    `${setting} takes a queue in the function's ${part}, which is ${pipeline[part]}, but got one in ${place[part]}.`,
  );
}

function placeOfQueue(queue: IQueue): Place {
  const environment = Resource.isResource(queue) ? placeOfEnvironment(queue.env) : {};
  return completed(placeOfArn(queue.queueArn), environment);
}

/** A message that fails would go round. */
function refuseSame({ queue, deadLetterQueue }: GivenQueueProps): void {
  if (!queue || !deadLetterQueue || isSame(queue, deadLetterQueue) !== true) return;
  throw new SettingError('deadLetterQueue', 'deadLetterQueue takes another queue than queue, but got the same.');
}

/** Source: SQS developer guide: the dead-letter queue of a FIFO queue is one, and that of a standard queue is none. */
function refuseOtherKind(fifo: boolean | undefined, { queue, deadLetterQueue }: GivenQueueProps): void {
  const kinds = [fifo, kindOf(queue), kindOf(deadLetterQueue)];
  if (!kinds.includes(true) || !kinds.includes(false)) return;
  const [, ofQueue, ofDeadLetterQueue] = kinds;
  if (fifo !== undefined && ofQueue !== undefined && fifo !== ofQueue) {
    throw new SettingError('fifo', `fifo is ${fifo} and queue is ${kindName(ofQueue)}: leave out fifo.`);
  }
  throw new SettingError(
    'deadLetterQueue',
    `deadLetterQueue takes ${kindName(!ofDeadLetterQueue)} here, as the users queue is, but got ${kindName(ofDeadLetterQueue!)}.`,
  );
}

function refuseOtherRedrive(queue: IQueue, deadLetterQueue: IQueue | undefined): void {
  if (isImported(queue)) return;
  const redrive = redriveOf(queue);
  if (!redrive) {
    throw new SettingError(
      'queue',
      'queue takes one with a dead-letter queue, where SQS moves what crashes the function, but got one without.',
    );
  }
  if (!deadLetterQueue || isSame(redrive.queue, deadLetterQueue) !== false) return;
  throw new SettingError(
    'deadLetterQueue',
    'deadLetterQueue takes the one in the redrive policy of queue, but got another: leave it out.',
  );
}

/** Source: SQS developer guide, dead-letter queues: a queue and its dead-letter queue are of one account. */
function refuseOtherAccount(queue: IQueue, deadLetterQueue: IQueue | undefined, pipeline: Place): void {
  const { account } = placeOfQueue(queue);
  const place = deadLetterQueue ? placeOfQueue(deadLetterQueue) : pipeline;
  if (difference({ account }, place, ['account']) === undefined) return;
  throw new SettingError(
    'deadLetterQueue',
    deadLetterQueue
      ? `deadLetterQueue takes a queue in the users queue's account, which is ${account}, but got one in ${place.account}.`
      : `deadLetterQueue is missing: the users queue is in account ${account}, and SQS takes a dead-letter queue of the same account only.`,
  );
}

/** Source: CreateQueue API reference, RedriveAllowPolicy. */
function refuseDenial(deadLetterQueue: IQueue, queue: IQueue | undefined): void {
  const policy = cfnQueueOf(deadLetterQueue)?.redriveAllowPolicy as
    | { readonly redrivePermission?: string; readonly sourceQueueArns?: readonly string[] }
    | undefined;
  const { redrivePermission, sourceQueueArns = [] } = policy ?? {};
  const lets =
    redrivePermission === undefined ||
    redrivePermission === 'allowAll' ||
    (redrivePermission === 'byQueue' && queue !== undefined && sourceQueueArns.some((arn) => sameText(queue, arn)));
  if (lets) return;
  throw new SettingError(
    'deadLetterQueue',
    'deadLetterQueue takes one that lets the users queue have it as its dead-letter queue, but got one whose redriveAllowPolicy does not.',
  );
}

/** The queue's own sizes, which the settings may repeat. */
function sizesOf(queue: IQueue | undefined, props: SizingProps): GivenQueues['sizes'] {
  const visibilityTimeoutInSeconds = queue && visibilityOf(queue);
  const maxReceiveCount = redriveOf(queue)?.maxReceiveCount;
  for (const [name, ofQueue] of Object.entries({ visibilityTimeoutInSeconds, maxReceiveCount })) {
    const given = props[name as 'visibilityTimeoutInSeconds' | 'maxReceiveCount'];
    if (ofQueue === undefined || given === undefined || given === ofQueue) continue;
    throw new SettingError(name, `${name} is ${given} and queue has ${ofQueue}: leave it out.`);
  }
  return {
    ...(visibilityTimeoutInSeconds !== undefined && { visibilityTimeoutInSeconds }),
    ...(maxReceiveCount !== undefined && { maxReceiveCount }),
  };
}

function visibilityOf(queue: IQueue): number | undefined {
  const resource = cfnQueueOf(queue);
  return resource && number(resource.visibilityTimeout ?? DEFAULT_VISIBILITY_TIMEOUT_IN_SECONDS);
}

/** Of an imported queue the least that is usual is taken, so that its messages are not old too late. */
function retentionOf(queue: IQueue | undefined): number {
  if (!queue) return RETENTION_IN_SECONDS;
  return number(cfnQueueOf(queue)?.messageRetentionPeriod) ?? DEFAULT_RETENTION_IN_SECONDS;
}

function redriveOf(queue: IQueue | undefined) {
  return queue instanceof Queue ? queue.deadLetterQueue : undefined;
}

function cfnQueueOf(queue: IQueue | undefined): CfnQueue | undefined {
  const child = queue?.node.defaultChild;
  return child instanceof CfnQueue ? child : undefined;
}

/** Whether it is a FIFO queue; undefined for none, and for one whose name is not known yet. */
function kindOf(queue: IQueue | undefined): boolean | undefined {
  if (!queue || (!queue.fifo && !cfnQueueOf(queue) && Token.isUnresolved(queue.queueArn))) return undefined;
  return queue.fifo;
}

function kindName(fifo: boolean): string {
  return fifo ? 'a FIFO queue' : 'a standard queue';
}

/** Undefined if it cannot be told: one is made in the app, and the other is imported. */
function isSame(a: IQueue, b: IQueue): boolean | undefined {
  if (a === b || sameText(a, b.queueArn)) return true;
  return Boolean(cfnQueueOf(a)) === Boolean(cfnQueueOf(b)) ? false : undefined;
}

function sameText(queue: IQueue, arn: string): boolean {
  const resolved = (text: string) => JSON.stringify(Stack.of(queue).resolve(text));
  return resolved(queue.queueArn) === resolved(arn);
}

function shown({ queueArn, node }: IQueue): string {
  return Token.isUnresolved(queueArn) ? node.path : queueArn;
}

function number(value: number | undefined): number | undefined {
  return value === undefined || Token.isUnresolved(value) ? undefined : value;
}
