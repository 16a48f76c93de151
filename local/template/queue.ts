import * as v from 'valibot';
import type { QueueDefinition } from '../sqs/queue-definition.ts';
import type { Scope } from './intrinsics.ts';
import { readProperties, SCALAR } from './properties.ts';
import { identityOf } from './scope.ts';
import type { Resource } from './template.ts';
import type { World } from './world.ts';

/** A queue of the stack. */
export interface StackQueue extends QueueDefinition {
  readonly logicalId: string;
  readonly url: string;
  readonly arn: string;
  readonly isFifo: boolean;
  /** Where messages go that were received too often. */
  readonly redrive?: Redrive | undefined;
}

export interface Redrive {
  readonly deadLetterQueueArn: string;
  readonly maxReceiveCount: number;
}

const PROPERTIES = v.object({
  QueueName: v.optional(v.string()),
  ContentBasedDeduplication: v.optional(SCALAR),
  DeduplicationScope: v.optional(SCALAR),
  DelaySeconds: v.optional(SCALAR),
  FifoQueue: v.optional(SCALAR),
  FifoThroughputLimit: v.optional(SCALAR),
  MaximumMessageSize: v.optional(SCALAR),
  MessageRetentionPeriod: v.optional(SCALAR),
  ReceiveMessageWaitTimeSeconds: v.optional(SCALAR),
  RedriveAllowPolicy: v.optional(v.record(v.string(), v.any())),
  RedrivePolicy: v.optional(
    v.object({ deadLetterTargetArn: v.string(), maxReceiveCount: v.pipe(SCALAR, v.toNumber()) }),
  ),
  SqsManagedSseEnabled: v.optional(SCALAR),
  VisibilityTimeout: v.optional(SCALAR),
});

/** Nothing is encrypted on this machine, and nobody reads the tags. */
const IGNORED = ['KmsDataKeyReusePeriodSeconds', 'KmsMasterKeyId', 'Tags'];

/** @throws TemplateError when the queue has what the local world does not know */
export function readQueue(logicalId: string, resource: Resource, scope: Scope, world: World): StackQueue {
  const { QueueName: _, ...properties } = readProperties(logicalId, resource, PROPERTIES, IGNORED, scope);
  const { name, ref: url, attributes } = identityOf(logicalId, resource, scope, world)!;
  const redrive = properties.RedrivePolicy;
  return {
    logicalId,
    name,
    url,
    arn: attributes.Arn!,
    isFifo: properties.FifoQueue === 'true',
    ...(redrive && {
      redrive: { deadLetterQueueArn: redrive.deadLetterTargetArn, maxReceiveCount: redrive.maxReceiveCount },
    }),
    attributes: toAttributes(properties),
  };
}

/** The names of CreateQueue's attributes are those of the properties, and their values strings. */
function toAttributes(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const attributes = Object.entries(properties)
    .filter(([name, value]) => value !== undefined && !marksStandardQueue(name, value))
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
  return Object.fromEntries(attributes);
}

/** `FifoQueue: false` is allowed in a template and refused by CreateQueue. */
function marksStandardQueue(name: string, value: unknown): boolean {
  return name === 'FifoQueue' && value === 'false';
}
