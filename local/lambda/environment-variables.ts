import { devNull } from 'node:os';
import type { FunctionDefinition } from './function-definition.ts';

/** What differs between the environments of a function, and between machines. */
export interface EnvironmentPlace {
  /** The Runtime API's host and port. */
  readonly runtimeApi: string;
  readonly logStreamName: string;
  /** The search path for programs: all that is inherited from this process. */
  readonly path: string;
  /** The home directory: not the developer's. */
  readonly home: string;
}

/**
 * The environment variables of an execution environment: those that Lambda sets, then the function's own.
 * Source: Lambda developer guide, "Defined runtime environment variables".
 */
export function environmentVariables(
  definition: FunctionDefinition,
  place: EnvironmentPlace,
): Readonly<Record<string, string>> {
  const { logging } = definition;
  return {
    // Lambda has no such files; here, the developer's could be found.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_DEFAULT_REGION: definition.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memorySizeInMB),
    AWS_LAMBDA_FUNCTION_NAME: definition.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: logging.format,
    ...(logging.applicationLevel ? { AWS_LAMBDA_LOG_LEVEL: logging.applicationLevel } : {}),
    AWS_LAMBDA_LOG_GROUP_NAME: logging.group,
    AWS_LAMBDA_LOG_STREAM_NAME: place.logStreamName,
    AWS_LAMBDA_RUNTIME_API: place.runtimeApi,
    AWS_REGION: definition.region,
    HOME: place.home,
    LAMBDA_TASK_ROOT: definition.codeDirectory,
    LANG: 'en_US.UTF-8',
    PATH: place.path,
    TZ: ':UTC',
    _HANDLER: definition.handler,
    ...definition.environment,
  };
}
