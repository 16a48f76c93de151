/** SQS's protocol, with every name that SQS lets a message attribute have: any sender chooses it. */
import { AwsJson1_0Protocol, JsonCodec } from '@aws-sdk/core/protocols';

/** Seconds since the epoch: how SQS writes a time. Source: AWS JSON 1.0 protocol. */
const EPOCH_SECONDS = 7;

/**
 * For the client's option `protocol`. The codec that clients have by default, `JsonCodec2` of @smithy/core 3.41, gives
 * undefined for the value of a message attribute named `__proto__`; the older one of the same package gives the value.
 */
export class SqsProtocol extends AwsJson1_0Protocol {
  constructor(settings: ConstructorParameters<typeof AwsJson1_0Protocol>[0]) {
    const timestampFormat = { useTrait: true, default: EPOCH_SECONDS } as const;
    super({ ...settings, jsonCodec: new JsonCodec({ timestampFormat, jsonName: false }) });
  }
}
