/** A message's attributes: as we hold them, as the API takes them, and what they count for. */
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';

/** An attribute that a producer put on a message. Source: SQS API reference, `MessageAttributeValue`. */
export interface MessageAttribute {
  /** `String`, `Number` or `Binary`, perhaps with a label after a dot. */
  readonly dataType: string;
  readonly stringValue?: string;
  readonly binaryValue?: Uint8Array;
}

/** An attribute as the API takes it. */
export function toSqsAttribute({ dataType, stringValue, binaryValue }: MessageAttribute): MessageAttributeValue {
  return binaryValue
    ? { DataType: dataType, BinaryValue: binaryValue }
    : { DataType: dataType, StringValue: stringValue };
}

/** All attributes of a message as the API takes them. */
export function toSqsAttributes(
  attributes: Readonly<Record<string, MessageAttribute>>,
): Record<string, MessageAttributeValue> {
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, toSqsAttribute(attribute)]));
}

/** The bytes that a message counts for in SQS: its body, and each attribute's name, type and value. */
export function messageBytes(body: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  return Object.entries(attributes).reduce(
    (bytes, [name, attribute]) => bytes + attributeBytes(name, attribute),
    Buffer.byteLength(body),
  );
}

/** The bytes of an attribute: its name, type and value. */
export function attributeBytes(name: string, { dataType, stringValue, binaryValue }: MessageAttribute): number {
  const value = binaryValue ? binaryValue.byteLength : Buffer.byteLength(stringValue ?? '');
  return Buffer.byteLength(name) + Buffer.byteLength(dataType) + value;
}
