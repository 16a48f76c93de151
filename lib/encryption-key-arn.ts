/** The ARN of a KMS key: what is accepted as one. */

/**
 * A key and not an alias: neither log groups nor IAM policies take aliases.
 * Source: KMS developer guide, key ARNs and multi-Region keys; AssociateKmsKey API reference.
 */
const KEY_ARN =
  /^arn:[a-z\d-]+:kms:(?<region>[a-z\d-]+):\d{12}:key\/(mrk-[a-f\d]{32}|[a-f\d]{8}(-[a-f\d]{4}){3}-[a-f\d]{12})$/;

/** Whether this is the ARN of a KMS key. */
export function isKeyArn(arn: string): boolean {
  return KEY_ARN.test(arn);
}

/**
 * The region of a key, such as `eu-west-1`.
 *
 * @param arn - one that `isKeyArn` accepts
 * @throws TypeError when it is not
 */
export function regionOfKey(arn: string): string {
  const { region } = KEY_ARN.exec(arn)?.groups ?? {};
  if (!region) throw new TypeError(`Not the ARN of a KMS key: ${arn}`);
  return region;
}
