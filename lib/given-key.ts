/** A key that the construct is given: whether it can encrypt the queues and the log group. */
import { Resource, Token } from 'aws-cdk-lib';
import { CfnKey, type IKey } from 'aws-cdk-lib/aws-kms';
import { EXAMPLE_KEY_ARN, isKeyArn } from './encryption-key-arn.ts';
import { completed, difference, type Place, placeOfArn, placeOfEnvironment } from './place.ts';
import { SettingError } from './setting.ts';

/**
 * Refuses a key that is known not to do.
 *
 * @param key - made in the app, or imported
 * @param pipeline - where the queues are
 * @throws SettingError
 */
export function refuseUnusableKey(key: IKey, pipeline: Place): void {
  for (const refuse of REFUSALS) refuse(key, pipeline);
}

const REFUSALS: readonly ((key: IKey, pipeline: Place) => void)[] = [
  refuseAlias,
  refuseNoKey,
  refuseAsymmetricKey,
  refuseKeyElsewhere,
];

/** Source: KMS developer guide, IAM policies; AssociateKmsKey API reference. */
function refuseAlias(key: IKey): void {
  if (!('aliasName' in key) && !key.keyArn.includes(':alias/')) return;
  throw new SettingError(
    'encryptionKey',
    'encryptionKey takes a key, and not an alias of one, since log groups and IAM policies take none: give the key itself.',
  );
}

/** An ARN that is written out can be checked, as `encryptionKeyArn` is. */
function refuseNoKey({ keyArn }: IKey): void {
  if (Token.isUnresolved(keyArn) || isKeyArn(keyArn)) return;
  throw new SettingError(
    'encryptionKey',
    `encryptionKey takes a key with an ARN like ${EXAMPLE_KEY_ARN}, but got one with ${JSON.stringify(keyArn)}.`,
  );
}

/** What is known only of a key that the app makes. Source: SQS developer guide, key management. */
function refuseAsymmetricKey(key: IKey): void {
  const { defaultChild } = key.node;
  const spec = defaultChild instanceof CfnKey ? defaultChild.keySpec : undefined;
  if (spec === undefined || spec === 'SYMMETRIC_DEFAULT') return;
  throw new SettingError('encryptionKey', `encryptionKey takes a symmetric key, but got one of the spec ${spec}.`);
}

/** The account may be another one. Source: AssociateKmsKey API reference; KMS developer guide, key ARNs. */
function refuseKeyElsewhere(key: IKey, pipeline: Place): void {
  const place = completed(placeOfArn(key.keyArn), Resource.isResource(key) ? placeOfEnvironment(key.env) : {});
  const part = difference(place, pipeline, ['partition', 'region']);
  if (part === undefined) return;
  throw new SettingError(
    'encryptionKey',
    `encryptionKey takes a key in the queues' ${part}, which is ${pipeline[part]}, but got one in ${place[part]}.`,
  );
}
