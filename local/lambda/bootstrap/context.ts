import type { ReceivedInvocation } from './runtime-client.ts';

/** What a handler is told about its invocation and itself. Source: Lambda developer guide, "Node.js context object". */
export interface Context {
  readonly awsRequestId: string;
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  /** A number, as a string. */
  readonly memoryLimitInMB: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  /** Milliseconds until the invocation is cut off. */
  getRemainingTimeInMillis(): number;
}

/** Makes the context of an invocation from what came with it and the environment variables that Lambda sets. */
export function createContext(
  { requestId, deadline, functionArn }: ReceivedInvocation,
  variables: NodeJS.ProcessEnv,
): Context {
  return {
    awsRequestId: requestId,
    functionName: variables.AWS_LAMBDA_FUNCTION_NAME ?? '',
    functionVersion: variables.AWS_LAMBDA_FUNCTION_VERSION ?? '',
    invokedFunctionArn: functionArn,
    memoryLimitInMB: variables.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? '',
    logGroupName: variables.AWS_LAMBDA_LOG_GROUP_NAME ?? '',
    logStreamName: variables.AWS_LAMBDA_LOG_STREAM_NAME ?? '',
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}
