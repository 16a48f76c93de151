/** The table of versions, by which an old record of a user never undoes a newer one. */
import { Fn, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { VERSION_ATTRIBUTES } from '../aws/dynamodb/user-versions.ts';

/** What the table is made from. */
interface OrderTableOptions {
  readonly removalPolicy: RemovalPolicy;
  /** DynamoDB encrypts with a key of its own without it. */
  readonly encryptionKey?: IKey | undefined;
}

/** Makes the table. It holds hashes of userIds, versions and leases, and no properties. */
export function createOrderTable(scope: Construct, { removalPolicy, encryptionKey }: OrderTableOptions): Table {
  return new Table(scope, 'OrderTable', {
    partitionKey: { name: VERSION_ATTRIBUTES.user, type: AttributeType.STRING },
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: VERSION_ATTRIBUTES.expires,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy,
    ...(encryptionKey
      ? { encryption: TableEncryption.CUSTOMER_MANAGED, encryptionKey }
      : { encryption: TableEncryption.DEFAULT }),
  });
}

/**
 * What the deployment's userIds are hashed with: the unique part of the stack's id, and the construct's own. It is no secret in
 * the account; it keeps one table's hashes from being those of another.
 */
export function saltOf(scope: Construct): string {
  return Fn.join('-', [Fn.select(2, Fn.split('/', Stack.of(scope).stackId)), scope.node.addr]);
}
