/** Which call an error of an AWS client came from: what AWS itself often does not say. */

/** A call that failed. */
export interface AwsCall {
  /** As IAM policies name it, such as `sqs:ReceiveMessage`. */
  readonly action: string;
  /** The queue, stack, bucket or such that it was about, if it was about one. */
  readonly resource: string | undefined;
}

/** The little that is needed of an SDK client. */
interface Client {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: { input: object }) => Promise<unknown>,
        context: { commandName?: string; clientName?: string },
      ) => (args: { input: object }) => Promise<unknown>,
      options: { step: 'initialize'; name: string },
    ): void;
  };
}

const calls = new WeakMap<object, AwsCall>();

/** Remembers from now on, for each error of the client, the call that it came from. Returns the client. */
export function withCallsRemembered<SomeClient extends object>(client: SomeClient): SomeClient {
  (client as unknown as Client).middlewareStack.add(
    (next, { clientName = '', commandName = '' }) =>
      async (args) => {
        try {
          return await next(args);
        } catch (error) {
          if (typeof error === 'object' && error !== null) {
            calls.set(error, { action: actionOf(clientName, commandName), resource: resourceOf(args.input) });
          }
          throw error;
        }
      },
    { step: 'initialize', name: 'rememberCall' },
  );
  return client;
}

/** The call that an error came from, if it is known. */
export function callOf(error: unknown): AwsCall | undefined {
  return typeof error === 'object' && error !== null ? calls.get(error) : undefined;
}

/**
 * `SQSClient` and `SendMessageBatchCommand` are allowed by `sqs:SendMessage`. Source: SQS developer guide, permissions; S3
 * user guide, multipart upload and permissions.
 */
function actionOf(clientName: string, commandName: string): string {
  const service = clientName.replace(/Client$/, '').toLowerCase();
  const operation = commandName.replace(/Command$/, '').replace(/MessageBatch$/, 'Message');
  return `${service}:${ACTIONS[operation] ?? operation}`;
}

const ACTIONS: Readonly<Partial<Record<string, string>>> = {
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  GetBucketEncryption: 'GetEncryptionConfiguration',
};

function resourceOf(input: object): string | undefined {
  const of = input as Readonly<Record<string, string | undefined>>;
  return RESOURCES.map((name) => of[name]).find((resource) => resource !== undefined);
}

/** Members of requests that say what a call is about. */
const RESOURCES = [
  'QueueUrl',
  'SourceArn',
  'StackName',
  'datasetArn',
  'datasetImportJobArn',
  'schemaArn',
  'Bucket',
  'TableName',
  'FunctionName',
  'KeyId',
  'TopicArn',
];
