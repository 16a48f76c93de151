/** A synthesized stack as plain data: all that the local world is configured from, so that what runs is what deploys. */
import type { TableDefinition } from '../dynamodb/table-definition.ts';
import { readEventSourceMapping, type StackEventSourceMapping } from './event-source-mapping.ts';
import { type Assets, readFunction } from './function.ts';
import { resolve, type Scope } from './intrinsics.ts';
import { readQueue, type StackQueue } from './queue.ts';
import { createScope, identityOf } from './scope.ts';
import { readTable } from './table.ts';
import { type Resource, type Template, TemplateError } from './template.ts';
import type { World } from './world.ts';

export interface Stack {
  readonly queues: readonly StackQueue[];
  readonly tables: readonly TableDefinition[];
  readonly eventSourceMappings: readonly StackEventSourceMapping[];
  /** The outputs' values by their names. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Why an output has no value: by its name, what it needs that the local world has not. */
  readonly unresolvedOutputs: Readonly<Record<string, string>>;
}

/** What a stack is read from. */
export interface StackSource {
  readonly stackName: string;
  readonly template: Template;
  readonly assets: Assets;
}

/**
 * Reads a stack. A function is read only if an event source mapping invokes it, since nothing else runs here; resources
 * of other kinds are passed over unless something that is read refers to them.
 *
 * @throws TemplateError for whatever the local world does not know or cannot have, naming the logical id and member
 */
export function readStack({ stackName, template, assets }: StackSource, world: World): Stack {
  const scope = createScope(template, stackName, world);
  const queues = resourcesOf(template, 'AWS::SQS::Queue').map(([logicalId, resource]) =>
    readQueue(logicalId, resource, scope, world),
  );
  const functions = resourcesOf(template, 'AWS::Lambda::Function');
  const findFunction = (nameOrArn: string) => {
    const found = functions.find(([logicalId, resource]) => {
      const { name, attributes } = identityOf(logicalId, resource, scope, world)!;
      return nameOrArn === name || nameOrArn === attributes.Arn;
    });
    return found && readFunction(...found, scope, world, assets);
  };
  const eventSourceMappings = resourcesOf(template, 'AWS::Lambda::EventSourceMapping').map(([logicalId, resource]) =>
    readEventSourceMapping(logicalId, resource, scope, { queues, findFunction }),
  );
  const tables = resourcesOf(template, 'AWS::DynamoDB::Table').map(([logicalId, resource]) =>
    readTable(logicalId, resource, scope, world),
  );
  return { queues, tables, eventSourceMappings, ...readOutputs(template, scope) };
}

function resourcesOf(template: Template, type: string): readonly (readonly [string, Resource])[] {
  return Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
}

function readOutputs({ Outputs = {} }: Template, scope: Scope): Pick<Stack, 'outputs' | 'unresolvedOutputs'> {
  const outputs: Record<string, string> = {};
  const unresolvedOutputs: Record<string, string> = {};
  for (const [logicalId, { Value }] of Object.entries(Outputs)) {
    try {
      outputs[logicalId] = String(resolve(Value, scope, { logicalId, member: 'Value' }));
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      unresolvedOutputs[logicalId] = error.message;
    }
  }
  return { outputs, unresolvedOutputs };
}
