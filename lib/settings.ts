/** Every setting of the deployment in one table, and how the CDK's context is read by it. */

import { SCHEMA_CHECKS } from '../contract/dataset/admission.ts';
import { isUsersDatasetArn } from '../contract/dataset/dataset-arn.ts';
import { nearestName } from '../contract/input/nearest-name.ts';
import { escapeInvisible } from '../contract/input/shown-text.ts';
import { EXAMPLE_KEY_ARN, isKeyArn } from './encryption-key-arn.ts';
import {
  checkSetting,
  flag,
  oneOfNumbers,
  oneOfWords,
  readSetting,
  type Setting,
  SettingError,
  text,
  texts,
  wholeNumber,
} from './setting.ts';

/** The days that CloudWatch Logs can keep log events for. Source: PutRetentionPolicy API reference. */
export const LOG_RETENTION_DAYS: readonly number[] = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** What the function can be told to log from, the most talkative first. Source: Powertools for AWS Lambda. */
export const LOG_LEVELS = [
  'TRACE',
  'DEBUG',
  'INFO',
  'WARN',
  'ERROR',
  'CRITICAL',
  'SILENT',
] as const satisfies readonly LogLevel[];

/** What the function logs from: this, and what is graver. */
export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'CRITICAL' | 'SILENT';

/** Whose key encrypts: that of SQS and CloudWatch Logs themselves, or the customer's. */
export const ENCRYPTIONS = ['service-managed', 'customer-managed'] as const satisfies readonly Encryption[];

/** Whose key encrypts: that of SQS and CloudWatch Logs themselves, or the customer's. */
export type Encryption = 'service-managed' | 'customer-managed';

const IAM_PRINCIPAL = /^arn:[a-z\d-]+:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+)$/;
/** Source: AWS Organizations API reference, `Organization`. */
const ORGANIZATION_ID = /^o-[a-z\d]{10,32}$/;
/** What SNS takes is looser; this keeps out lists, names around addresses, and blanks. Source: RFC 5321 for the length. */
const EMAIL_ADDRESS = /^(?=.{3,254}$)[^\s@,;:<>()"]+@[^\s@,;:<>()".]+(\.[^\s@,;:<>()".]+)+$/;
const STACK_NAME = /^[A-Za-z][A-Za-z\d-]{0,127}$/;

/**
 * What each setting takes by itself. What they must be together is for `sizing` to say; what they mean and default to
 * is said where they are used, at `UserIngestionProps`, `UserIngestionMonitoringProps` and `PersonalizeUsersStackProps`.
 */
export const SETTINGS = {
  datasetArn: text(
    'the ARN of a Users dataset, like arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS',
    isUsersDatasetArn,
  ),
  stackName: text('letters, digits and hyphens, a letter first, at most 128 of them', (name) => STACK_NAME.test(name)),
  producerPrincipalArns: texts(
    'ARNs of IAM roles, users or accounts (arn:aws:iam::123456789012:root) with commas between',
    (arn) => IAM_PRINCIPAL.test(arn),
  ),
  producerOrganizationId: text('the id of an AWS organization, like o-a1b2c3d4e5', (id) => ORGANIZATION_ID.test(id)),
  encryptionKeyArn: text(`the ARN of a KMS key, not of an alias, like ${EXAMPLE_KEY_ARN}`, isKeyArn),
  encryption: oneOfWords(ENCRYPTIONS),
  fifo: flag(),
  requestsPerSecond: wholeNumber(1, 1_000),
  maxConcurrency: wholeNumber(2, 1_000),
  usersPerMessage: wholeNumber(1, 10_000),
  liveLatencyInSeconds: wholeNumber(1, 300),
  promptWhenIdle: flag(),
  batchSize: wholeNumber(1, 10_000),
  batchingWindowInSeconds: wholeNumber(0, 300),
  timeoutInSeconds: wholeNumber(1, 900),
  visibilityTimeoutInSeconds: wholeNumber(1, 43_200),
  maxReceiveCount: wholeNumber(1, 1_000),
  backoffBaseInSeconds: wholeNumber(1, 43_200),
  backoffMaxInSeconds: wholeNumber(1, 43_200),
  maxPropertiesLength: wholeNumber(1, 1_000_000),
  schemaFile: text("the path of a file with the Users dataset's schema", (path) => path.trim() !== ''),
  schemaCheck: oneOfWords(SCHEMA_CHECKS),
  memoryInMiB: wholeNumber(128, 10_240),
  logRetentionInDays: oneOfNumbers(LOG_RETENTION_DAYS),
  logLevel: oneOfWords(LOG_LEVELS),
  monitoring: flag(),
  alarmEmail: emailAddress('on-call@example.com'),
  noticeEmail: emailAddress('team@example.com'),
  orderGuard: flag(),
  tracing: flag(),
};

function emailAddress(example: string): Setting<string> {
  return text(`one e-mail address, like ${example}`, (address) => EMAIL_ADDRESS.test(address));
}

/** The name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** Settings as they were given: each checked by itself, each absent if it was not given. */
export type Settings = {
  readonly [Name in SettingName]?: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;
};

const NAMES = Object.keys(SETTINGS) as SettingName[];

/**
 * Reads the settings out of the CDK's context, which holds the CDK's own keys as well.
 *
 * @param context - from cdk.json and `-c`; what came with `-c` is text
 * @throws SettingError for a value that its setting does not take, a name that is nearly a setting's, or no dataset
 */
export function readSettings(context: Readonly<Record<string, unknown>>): Settings & { readonly datasetArn: string } {
  for (const key of Object.keys(context)) refuseMisspelt(key);
  const given = NAMES.filter((name) => context[name] !== undefined);
  const settings: Settings = Object.fromEntries(
    given.map((name) => [name, readSetting<unknown>(name, SETTINGS[name], context[name])]),
  );
  const { datasetArn } = settings;
  if (datasetArn === undefined) throw new SettingError('datasetArn', DATASET_MISSING);
  return { ...settings, datasetArn };
}

const DATASET_MISSING = `datasetArn is missing: give it with -c datasetArn=ARN; it takes ${SETTINGS.datasetArn.takes}.`;

/**
 * Checks each of the settings that code gives.
 *
 * @throws SettingError for the first that has a value which it does not take
 */
export function checkSettings(settings: Settings): void {
  for (const name of NAMES) {
    if (settings[name] !== undefined) checkSetting<unknown>(name, SETTINGS[name], settings[name]);
  }
}

/**
 * Makes sure that there is a dataset, of which all else depends; who writes JavaScript is told of it by nobody else.
 *
 * @throws SettingError
 */
export function mustHaveDataset(props: { readonly datasetArn?: unknown } | undefined): void {
  if (typeof props?.datasetArn !== 'string') checkSetting('datasetArn', SETTINGS.datasetArn, props?.datasetArn);
}

/** What a setting is called elsewhere: by the construct, and by options of our commands. */
const OTHER_NAMES: ReadonlyMap<string, SettingName> = new Map([
  ['datasetSchema', 'schemaFile'],
  ['schema', 'schemaFile'],
]);

/** Other names may well be somebody else's (~/.cdk.json, the CDK's own `aws:cdk:...`), so only near misses are refused. */
function refuseMisspelt(key: string): void {
  if (Object.hasOwn(SETTINGS, key)) return;
  const meant = OTHER_NAMES.get(key) ?? nearestName(key, NAMES);
  if (meant === undefined) return;
  const { takes } = SETTINGS[meant];
  throw new SettingError(key, `${escapeInvisible(key)} is not a setting; did you mean ${meant}, which takes ${takes}?`);
}
