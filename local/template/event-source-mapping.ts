import * as v from 'valibot';
import type { EventSourceMappingSettings } from '../event-source-mapping/settings.ts';
import type { StackFunction } from './function.ts';
import type { Scope } from './intrinsics.ts';
import { readProperties } from './properties.ts';
import type { StackQueue } from './queue.ts';
import { type Resource, TemplateError } from './template.ts';

/** An event source mapping of the stack, with what it connects. */
export interface StackEventSourceMapping extends EventSourceMappingSettings {
  readonly logicalId: string;
  readonly queue: StackQueue;
  readonly function: StackFunction;
  /** False for a mapping that is deployed without polling. */
  readonly isEnabled: boolean;
}

/** What a mapping may connect. */
export interface Connectable {
  readonly queues: readonly StackQueue[];
  /**
   * Finds a function by its name or ARN, and reads it.
   *
   * @throws TemplateError when the function has what the local world does not know
   */
  findFunction(nameOrArn: string): StackFunction | undefined;
}

/** The concurrency of a mapping that is not given one; AWS begins with as many and scales from there. */
const DEFAULT_CONCURRENCY = 5;

/** Defaults are those of the CloudFormation reference for AWS::Lambda::EventSourceMapping with a queue. */
const PROPERTIES = v.object({
  BatchSize: v.optional(v.number(), 10),
  Enabled: v.optional(v.boolean(), true),
  EventSourceArn: v.string(),
  FunctionName: v.string(),
  FunctionResponseTypes: v.optional(v.array(v.literal('ReportBatchItemFailures')), []),
  MaximumBatchingWindowInSeconds: v.optional(v.number(), 0),
  ScalingConfig: v.optional(v.object({ MaximumConcurrency: v.optional(v.number(), DEFAULT_CONCURRENCY) }), {}),
});

const IGNORED = ['KmsKeyArn', 'MetricsConfig', 'Tags'];

/** @throws TemplateError when the mapping, or what it connects, has what the local world does not know */
export function readEventSourceMapping(
  logicalId: string,
  resource: Resource,
  scope: Scope,
  { queues, findFunction }: Connectable,
): StackEventSourceMapping {
  const properties = readProperties(logicalId, resource, PROPERTIES, IGNORED, scope);
  const { EventSourceArn: queueArn, FunctionName: functionName } = properties;

  const queue = queues.find(({ arn }) => arn === queueArn);
  if (!queue)
    throw new TemplateError({ logicalId, member: 'Properties.EventSourceArn' }, `there is no queue ${queueArn}`);
  const target = findFunction(functionName);
  if (!target) {
    throw new TemplateError({ logicalId, member: 'Properties.FunctionName' }, `there is no function ${functionName}`);
  }
  return {
    logicalId,
    queue,
    function: target,
    isEnabled: properties.Enabled,
    batchSize: properties.BatchSize,
    batchingWindowInSeconds: properties.MaximumBatchingWindowInSeconds,
    maximumConcurrency: properties.ScalingConfig.MaximumConcurrency,
    reportsBatchItemFailures: properties.FunctionResponseTypes.length > 0,
  };
}
