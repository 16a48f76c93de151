/** The outputs of a stack by which the command line finds the pipeline that is in it. */
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { DatasetRules } from '../contract/dataset/admission.ts';
import { OUTPUTS, type OutputName } from '../contract/deployment/outputs.ts';
import { writeSettings } from '../contract/deployment/settings-output.ts';
import { keyOf } from './given-queues.ts';
import { SettingError } from './setting.ts';
import type { Sizing } from './sizing.ts';

/** What is found by the outputs: a `UserIngestion`. */
interface Pipeline extends Construct {
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly function: IFunction;
  readonly orderTable: ITable | undefined;
  readonly orderSalt: string | undefined;
  readonly sizing: Sizing;
  readonly dataset: Required<DatasetRules> | undefined;
}

/** What the outputs say that the construct does not show. */
export interface OutputOptions {
  readonly datasetArn: string;
  readonly maxPropertiesLength: number;
}

/** Adds an output to a stack. */
export function addOutput(stack: Stack, name: OutputName, value: string): void {
  new CfnOutput(stack, name, { value, description: OUTPUTS[name] });
}

/**
 * Adds the outputs to the pipeline's stack.
 *
 * @throws SettingError when it has those of another pipeline
 */
export function addPipelineOutputs(pipeline: Pipeline, options: OutputOptions): void {
  const stack = Stack.of(pipeline);
  const { queue, deadLetterQueue } = pipeline;
  refuseSecond(stack, pipeline);
  const key = keyOf(queue);
  addOutput(stack, 'QueueUrl', queue.queueUrl);
  addOutput(stack, 'QueueArn', queue.queueArn);
  addOutput(stack, 'DeadLetterQueueUrl', deadLetterQueue.queueUrl);
  addOutput(stack, 'DeadLetterQueueArn', deadLetterQueue.queueArn);
  addOutput(stack, 'FunctionName', pipeline.function.functionName);
  if (key) addOutput(stack, 'EncryptionKeyArn', key.keyArn);
  addOutput(stack, 'DatasetArn', options.datasetArn);
  addOutput(stack, 'Settings', settingsOf(pipeline, options));
}

/** Whose outputs each stack has. */
const pipelines = new WeakMap<Stack, Pipeline>();

function refuseSecond(stack: Stack, pipeline: Pipeline): void {
  const first = pipelines.get(stack);
  pipelines.set(stack, first ?? pipeline);
  if (first === undefined) return;
  throw new SettingError(
    'addOutputs',
    `${stack.node.path} has the outputs of ${first.node.path}: the command line finds one pipeline in a stack` +
      (first === pipeline ? '.' : `, so give ${pipeline.node.path} a stack of its own.`),
  );
}

/** The settings that the command line asks for. */
function settingsOf({ sizing, dataset, orderTable, orderSalt }: Pipeline, options: OutputOptions): string {
  const { requestsPerSecond, usersPerMessage, maxReceiveCount, visibilityTimeoutInSeconds } = sizing;
  return writeSettings({
    requestsPerSecond,
    usersPerMessage,
    maxReceiveCount,
    maxPropertiesLength: options.maxPropertiesLength,
    visibilityTimeoutInSeconds,
    ...(orderTable && { orderTable: orderTable.tableName, orderSalt }),
    ...(dataset && { schemaCheck: dataset.check, datasetSchema: dataset.schema }),
  });
}
