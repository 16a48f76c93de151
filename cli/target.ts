/** Which deployment a command is about: a stack in AWS, or the embedded world on this machine. */
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { TargetSettings } from '../contract/deployment/settings-output.ts';

/** The options that every command has. */
export interface TargetOptions {
  readonly stack: string;
  /** A profile of the shared AWS configuration. */
  readonly profile?: string | undefined;
  readonly region?: string | undefined;
  /** The embedded world is meant, and not AWS. */
  readonly local?: boolean | undefined;
  /** The file in which the embedded world says where it is. @default the one in this project */
  readonly world?: string | undefined;
  /** One JSON document on standard output, and no other text. */
  readonly json?: boolean | undefined;
}

interface CommonTarget {
  /** The stack's name. */
  readonly name: string;
  readonly region: string;
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly queueArn: string;
  readonly deadLetterQueueUrl: string;
  readonly deadLetterQueueArn: string;
  /** Whether both queues are FIFO queues. */
  readonly fifo: boolean;
  readonly settings: TargetSettings;
  /** Closes the client's connections. */
  close(): void;
}

/** Where AWS clients look for the stack, and as whom. What is absent is for the SDK to find in its usual places. */
export interface AwsPlace {
  readonly profile?: string;
  readonly region?: string;
}

/** A stack in AWS. */
export interface AwsTarget extends CommonTarget {
  readonly kind: 'aws';
  /** What further clients are made with. */
  readonly place: AwsPlace;
  /** All of the stack's outputs by their names. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** The embedded world of `npm start -- --serve`. */
export interface LocalTarget extends CommonTarget {
  readonly kind: 'local';
  /** Where PutUsers is, such as `http://127.0.0.1:4567`; its `/_local/` tells what became of the calls. */
  readonly putUsersEndpoint: string;
  /** Where DynamoDB is, if the stack has a table. */
  readonly dynamoDbEndpoint?: string | undefined;
}

/** What a command is about. */
export type Target = AwsTarget | LocalTarget;
