import * as v from 'valibot';
import type { TableDefinition } from '../dynamodb/table-definition.ts';
import type { Scope } from './intrinsics.ts';
import { readProperties } from './properties.ts';
import { identityOf } from './scope.ts';
import type { Resource } from './template.ts';
import type { World } from './world.ts';

const PROPERTIES = v.object({
  TableName: v.optional(v.string()),
  AttributeDefinitions: v.tuple([
    v.object({ AttributeName: v.string(), AttributeType: v.literal('S', 'the local world knows text as a key only') }),
  ]),
  BillingMode: v.optional(v.string()),
  KeySchema: v.tuple([v.object({ AttributeName: v.string(), KeyType: v.literal('HASH') })]),
});

/** What has no effect here: nothing is old enough, large enough or secret enough. */
const IGNORED = ['PointInTimeRecoverySpecification', 'SSESpecification', 'TimeToLiveSpecification', 'Tags'];

/** @throws TemplateError when the table has what the local world does not know */
export function readTable(logicalId: string, resource: Resource, scope: Scope, world: World): TableDefinition {
  const properties = readProperties(logicalId, resource, PROPERTIES, IGNORED, scope);
  const { name } = identityOf(logicalId, resource, scope, world)!;
  return { name, partitionKey: properties.KeySchema[0].AttributeName };
}
