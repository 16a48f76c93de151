/** The ARN of a KMS key: what is accepted as one. */

/**
 * A key and not an alias: neither log groups nor IAM policies take aliases.
 * Source: KMS developer guide, key ARNs and multi-Region keys; AssociateKmsKey API reference.
 */
const KEY_ARN = /^arn:[a-z\d-]+:kms:[a-z\d-]+:\d{12}:key\/(mrk-[a-f\d]{32}|[a-f\d]{8}(-[a-f\d]{4}){3}-[a-f\d]{12})$/;

/** An ARN as a message shows it. */
export const EXAMPLE_KEY_ARN = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** Whether this is the ARN of a KMS key. */
export function isKeyArn(arn: string): boolean {
  return KEY_ARN.test(arn);
}
