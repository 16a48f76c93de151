/** What the function can have besides: nothing here changes its sizes or what it is told. */
import { Token } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { ICodeSigningConfig, ILayerVersion } from 'aws-cdk-lib/aws-lambda';
import type { EnvironmentVariable, OrderVariable, SchemaVariable } from '../contract/deployment/environment.ts';
import { SettingError } from './setting.ts';

/** What the function of a `UserIngestion` can have besides. */
export interface IngestionFunctionOptions {
  /**
   * The function's name: 1 to 64 letters, digits, hyphens and underscores. Its metrics go by it.
   * @default - one that CloudFormation makes up
   */
  readonly functionName?: string;
  /**
   * What the function is for, in up to 256 characters.
   * @default - that it puts users into the dataset
   */
  readonly description?: string;
  /**
   * Layers, five at most, such as an agent that watches functions. They run in the function's time and memory.
   * @default - none
   */
  readonly layers?: readonly ILayerVersion[];
  /**
   * Environment variables besides the function's own, which cannot be set.
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Whose signature the code needs. What `cdk deploy` uploads is not signed: with a policy that enforces signatures, sign the asset
   * in the pipeline that deploys.
   * @default - nobody's
   */
  readonly codeSigningConfig?: ICodeSigningConfig;
  /**
   * The VPC that the function reaches SQS and Personalize from: through a NAT gateway, or interface endpoints for `sqs`,
   * `personalize-events` and, with `orderGuard`, a gateway endpoint for DynamoDB. Source: Personalize developer guide, interface VPC endpoints.
   * @default - none, which is what a function needs that takes no connections
   */
  readonly vpc?: IVpc;
  /**
   * Where in the VPC. A function in a public subnet reaches nothing, so those are refused.
   * @default - the private subnets
   */
  readonly vpcSubnets?: SubnetSelection;
  /**
   * What the function may connect to.
   * @default - a group is made that lets everything out and nothing in
   */
  readonly securityGroups?: readonly ISecurityGroup[];
}

/** All variables of the function's own. */
const OURS: Readonly<Record<EnvironmentVariable | OrderVariable | SchemaVariable, true>> = {
  DATASET_ARN: true,
  QUEUE_URL: true,
  DEAD_LETTER_QUEUE_URL: true,
  MAX_RECEIVE_COUNT: true,
  REQUESTS_PER_SECOND: true,
  MAX_CONCURRENCY: true,
  MAX_PROPERTIES_LENGTH: true,
  BACKOFF_BASE_SECONDS: true,
  BACKOFF_MAX_SECONDS: true,
  TIMEOUT_SECONDS: true,
  ORDER_TABLE_NAME: true,
  ORDER_SALT: true,
  USERS_SCHEMA_FILE: true,
  SCHEMA_CHECK: true,
};

/** What Powertools goes by, among it what would log whole events, and what Node is told by us. */
const OURS_BY_FORM = /^(POWERTOOLS_\w*|NODE_OPTIONS)$/;

/** What Lambda sets itself. Source: Lambda developer guide, reserved environment variables. */
const OF_LAMBDA =
  /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(DEFAULT_REGION|REGION|EXECUTION_ENV|ACCESS_KEY|ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)|AWS_LAMBDA_(FUNCTION_NAME|FUNCTION_MEMORY_SIZE|FUNCTION_VERSION|INITIALIZATION_TYPE|LOG_GROUP_NAME|LOG_STREAM_NAME|RUNTIME_API)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

/** Source: Lambda API reference, CreateFunction. */
const FUNCTION_NAME = /^[\w-]{1,64}$/;
const VARIABLE_NAME = /^[a-zA-Z]\w+$/;
const LONGEST_DESCRIPTION = 256;

/**
 * Refuses what the function cannot have.
 *
 * @throws SettingError
 */
export function checkFunctionOptions(options: IngestionFunctionOptions): void {
  const { functionName, description, environment = {}, vpc, vpcSubnets, securityGroups } = options;
  if (isText(functionName) && !FUNCTION_NAME.test(functionName)) {
    throw refusal(
      `functionName takes 1 to 64 letters, digits, hyphens and underscores, but got ${JSON.stringify(functionName)}.`,
    );
  }
  if (isText(description) && description.length > LONGEST_DESCRIPTION) {
    throw refusal(`description takes ${LONGEST_DESCRIPTION} characters at most, but got ${description.length}.`);
  }
  for (const name of Object.keys(environment)) refuseVariable(name);
  if (vpc) return;
  if (vpcSubnets) throw refusal('vpcSubnets is given without vpc: give both.');
  if (securityGroups) throw refusal('securityGroups is given without vpc: give both.');
}

function refuseVariable(name: string): void {
  const shown = JSON.stringify(name);
  if (Object.hasOwn(OURS, name) || OURS_BY_FORM.test(name)) {
    throw refusal(
      `environment takes variables besides the function's own, but got ${shown}, which is set by the construct.`,
    );
  }
  if (OF_LAMBDA.test(name)) throw refusal(`environment takes variables that Lambda does not set, but got ${shown}.`);
  if (VARIABLE_NAME.test(name)) return;
  throw refusal(`environment takes names of letters, digits and underscores, a letter first, but got ${shown}.`);
}

function isText(value: string | undefined): value is string {
  return value !== undefined && !Token.isUnresolved(value);
}

function refusal(sentence: string): SettingError {
  return new SettingError('functionOptions', `functionOptions: ${sentence}`);
}
