/** The stack that `cdk deploy` makes: one pipeline, the producers that may send to it, and where to find its parts. */

import { Stack, type StackProps } from 'aws-cdk-lib';
import { ArnPrincipal, type IPrincipal, OrganizationPrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { placeOf } from '../contract/dataset/dataset-arn.ts';
import { createEncryptionKey } from './encryption-key.ts';
import { type AlarmProps, UserIngestionMonitoring } from './monitoring/user-ingestion-monitoring.ts';
import { addOutput } from './pipeline-outputs.ts';
import { difference, placeOfArn, placeOfEnvironment, refuseImpossibleDataset } from './place.ts';
import { queuePolicyProblem } from './queue-policy.ts';
import { createDeadLetterQueue, createUsersQueue } from './queues.ts';
import { SettingError } from './setting.ts';
import { checkSettings, type Encryption, mustHaveDataset } from './settings.ts';
import { sizing } from './sizing.ts';
import { DEFAULT_REMOVAL_POLICY, UserIngestion, type UserIngestionProps } from './user-ingestion.ts';

/** What the stack is made from. Its account and region are the dataset's: nothing else could call PutUsers on it. */
export interface PersonalizeUsersStackProps extends UserIngestionProps, AlarmProps, Omit<StackProps, 'env'> {
  /** The ARN of the Users dataset, `arn:aws:personalize:REGION:ACCOUNT:dataset/GROUP/USERS`. */
  readonly datasetArn: string;
  /**
   * Who may send to the queue besides whoever the account's own IAM policies let: ARNs of roles, users or whole accounts,
   * of this account or others.
   * @default - nobody
   */
  readonly producerPrincipalArns?: readonly string[];
  /**
   * The AWS organization whose every account may send to the queue, such as `o-a1b2c3d4e5`.
   * @default - none
   */
  readonly producerOrganizationId?: string;
  /**
   * Whose key encrypts the queues and the log group. With `customer-managed` the stack makes one,
   * unless it is given one.
   * @default service-managed, or customer-managed with `encryptionKeyArn` or `encryptionKey`
   */
  readonly encryption?: Encryption;
  /**
   * The ARN of a symmetric KMS key in the dataset's region that is there already. Its policy is for its owner to
   * write: docs/security.md.
   * @default - none
   */
  readonly encryptionKeyArn?: string;
  /**
   * Whether there are alarms with a topic that tells of them, a dashboard, and saved queries of the logs.
   * @default true
   */
  readonly monitoring?: boolean;
}

/** The pipeline in a stack of its own. */
export class PersonalizeUsersStack extends Stack {
  /** The pipeline. */
  readonly ingestion: UserIngestion;
  /** What watches the pipeline, unless it was not wanted. */
  readonly monitoring: UserIngestionMonitoring | undefined;

  /** @throws SettingError for a prop out of its limits, or props that cannot work together */
  constructor(scope: Construct, id: string, props: PersonalizeUsersStackProps) {
    mustHaveDataset(props);
    checkSettings(props);
    for (const refuse of REFUSALS) refuse(props);
    super(scope, id, { description: DESCRIPTION, ...props, env: placeOf(props.datasetArn) });
    const producers = producersOf(props);
    if (!props.queue) refuseProducersWithoutRoom(this, producers, props);
    this.ingestion = new UserIngestion(this, 'Users', { ...props, encryptionKey: encryptionKeyOf(this, props) });
    for (const producer of producers) this.ingestion.grantSend(producer);
    this.monitoring = monitoringOf(this, this.ingestion, props);
    this.ingestion.addOutputs();
    if (this.monitoring) addMonitoringOutputs(this, this.monitoring);
  }
}

const DESCRIPTION = 'Keeps an Amazon Personalize Users dataset up to date with the users that are sent to a queue.';

/** Who may send, of those that the stack is told of. */
function producersOf({ producerPrincipalArns = [], producerOrganizationId }: PersonalizeUsersStackProps): IPrincipal[] {
  const principals: IPrincipal[] = producerPrincipalArns.map((arn) => new ArnPrincipal(arn));
  return producerOrganizationId ? [...principals, new OrganizationPrincipal(producerOrganizationId)] : principals;
}

/** The key that was given, or one that is made, or none. */
function encryptionKeyOf(stack: Stack, props: PersonalizeUsersStackProps): IKey | undefined {
  const { encryption, encryptionKey, encryptionKeyArn, removalPolicy = DEFAULT_REMOVAL_POLICY } = props;
  if (encryptionKey) return encryptionKey;
  if (encryptionKeyArn) return Key.fromKeyArn(stack, 'EncryptionKey', encryptionKeyArn);
  return encryption === 'customer-managed'
    ? createEncryptionKey(stack, { removalPolicy, orderGuard: props.orderGuard })
    : undefined;
}

/** It is called what the stack is, so that alarms of several stacks are told apart in a mail. */
function monitoringOf(stack: Stack, ingestion: UserIngestion, props: PersonalizeUsersStackProps) {
  const { monitoring = true, alarmEmail, noticeEmail, alarms } = props;
  if (!monitoring) return undefined;
  return new UserIngestionMonitoring(stack, 'Monitoring', {
    ingestion,
    name: stack.stackName,
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(noticeEmail !== undefined && { noticeEmail }),
    ...(alarms && { alarms }),
  });
}

/** What cannot be together, each with a sentence that says which setting to change. */
const REFUSALS: readonly ((props: PersonalizeUsersStackProps) => void)[] = [
  refuseOtherEnvironment,
  refuseDatasetOfNoPartition,
  refuseKeyWithoutUse,
  refuseTwoKeys,
  refuseKeyElsewhere,
  refuseWordsWithoutAlarms,
];

/** TypeScript knows of no `env` here, but takes one in props that are spread. */
function refuseOtherEnvironment({ datasetArn, env }: PersonalizeUsersStackProps & Pick<StackProps, 'env'>): void {
  const { account = '', region = '' } = env ?? {};
  const [given, dataset] = [placeOfEnvironment({ account, region }), placeOfArn(datasetArn)];
  const part = difference(given, dataset, ['region', 'account']);
  if (part === undefined) return;
  throw new SettingError(
    'env',
    `env is the dataset's, whose ${part} is ${dataset[part]}, but got ${given[part]}: leave it out.`,
  );
}

function refuseDatasetOfNoPartition({ datasetArn }: PersonalizeUsersStackProps): void {
  refuseImpossibleDataset(datasetArn);
}

function refuseKeyWithoutUse({ encryption, encryptionKey, encryptionKeyArn }: PersonalizeUsersStackProps): void {
  if (encryption !== 'service-managed' || !(encryptionKey || encryptionKeyArn)) return;
  throw new SettingError(
    'encryption',
    'encryption is service-managed, which takes no key: leave it out, or leave out the key.',
  );
}

function refuseTwoKeys({ encryptionKey, encryptionKeyArn }: PersonalizeUsersStackProps): void {
  if (!encryptionKey || !encryptionKeyArn) return;
  throw new SettingError(
    'encryptionKeyArn',
    'encryptionKeyArn and encryptionKey are both given: leave out one of them.',
  );
}

/** Source: CreateQueue and AssociateKmsKey API references. */
function refuseKeyElsewhere({ datasetArn, encryptionKeyArn }: PersonalizeUsersStackProps): void {
  const dataset = placeOfArn(datasetArn);
  const part = encryptionKeyArn && difference(placeOfArn(encryptionKeyArn), dataset, ['partition', 'region']);
  if (!part) return;
  throw new SettingError(
    'encryptionKeyArn',
    `encryptionKeyArn takes a key in the dataset's ${part}, which is ${dataset[part]}, but got ${JSON.stringify(encryptionKeyArn)}.`,
  );
}

function refuseWordsWithoutAlarms(props: PersonalizeUsersStackProps): void {
  if (props.monitoring !== false) return;
  for (const setting of ['alarmEmail', 'noticeEmail', 'alarms'] as const) {
    if (props[setting] === undefined) continue;
    throw new SettingError(
      setting,
      `${setting} is given and monitoring is false, which leaves no alarms to tell of: leave out one of them.`,
    );
  }
}

/**
 * A queue's policy has only so much room. How much the producers need is seen from a queue that is thrown away, since the
 * function is bundled as soon as it is made, which takes a while and prints lines of its own.
 */
function refuseProducersWithoutRoom(
  stack: Stack,
  producers: readonly IPrincipal[],
  { datasetArn }: PersonalizeUsersStackProps,
): void {
  const sketch = new Construct(stack, 'Sketch');
  const sizes = { ...sizing({}), removalPolicy: DEFAULT_REMOVAL_POLICY };
  const queue = createUsersQueue(sketch, sizes, createDeadLetterQueue(sketch, sizes));
  for (const producer of producers) queue.grant(producer, 'sqs:SendMessage');
  const problem = queuePolicyProblem(queue, 'the users queue', placeOfArn(datasetArn));
  stack.node.tryRemoveChild('Sketch');
  if (problem !== undefined) throw new SettingError('producerPrincipalArns', `producerPrincipalArns: ${problem}`);
}

function addMonitoringOutputs(stack: Stack, { dashboardUrl, alarmTopic, noticeTopic }: UserIngestionMonitoring): void {
  if (dashboardUrl !== undefined) addOutput(stack, 'DashboardUrl', dashboardUrl);
  addOutput(stack, 'AlarmTopicArn', alarmTopic.topicArn);
  if (noticeTopic !== alarmTopic) addOutput(stack, 'NoticeTopicArn', noticeTopic.topicArn);
}
