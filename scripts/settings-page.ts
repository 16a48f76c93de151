/**
 * Writes docs/settings.md: each setting with what it takes and its default, as the code has them: `npm run docs:settings`.
 * With `--check` it only says whether the file is up to date.
 */
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../contract/dataset/put-users-limits.ts';
import { SETTINGS, type SettingName } from '../lib/settings.ts';
import { sizing } from '../lib/sizing.ts';
import { putGenerated, readCheck } from './generated-files.ts';

const FILE = 'docs/settings.md';
const check = readCheck('docs:settings', FILE);
const SIZES = sizing({});

/** Sizes that the quota decides. */
const DERIVED: ReadonlySet<string> = new Set([
  'maxConcurrency',
  'batchSize',
  'timeoutInSeconds',
  'visibilityTimeoutInSeconds',
]);

interface Entry {
  readonly what: string;
  /** @default what `sizing` decides without settings */
  readonly byDefault?: string;
}

interface Section {
  readonly title: string;
  readonly settings: Readonly<Partial<Record<SettingName, Entry>>>;
}

const SECTIONS: readonly Section[] = [
  {
    title: 'What is kept up to date',
    settings: {
      datasetArn: { byDefault: 'required', what: 'The Users dataset.' },
      schemaFile: {
        byDefault: 'none',
        what: "A file with [the dataset's schema](message-contract.md#the-datasets-schema), in Avro. Users are checked by it before PutUsers is called.",
      },
      schemaCheck: {
        byDefault: 'certain',
        what: 'What becomes of users that do not fit the schema: [which is right](operations.md#which-schemacheck-is-right-for-my-account).',
      },
      maxPropertiesLength: {
        byDefault: String(DEFAULT_MAX_PROPERTIES_LENGTH),
        what: "Characters of a user's properties, written as JSON. The default is what PutUsers takes by its service model.",
      },
    },
  },
  {
    title: 'How fast',
    settings: {
      requestsPerSecond: {
        what: 'PutUsers calls a second, of all environments together. Lower it if others write to the same dataset group.',
      },
      usersPerMessage: { what: 'The most users that producers pack into a message. It sizes the batch.' },
      liveLatencyInSeconds: {
        what: 'How long live users may wait [while a bulk load is in the queue](performance.md#a-bulk-load-and-live-users). It sizes the batch.',
      },
      promptWhenIdle: {
        what: 'A lone user is delivered at once, [where AWS may else wait for 20 s](performance.md#the-20-seconds): no batching window, batches of ten.',
      },
    },
  },
  {
    title: 'In which order',
    settings: {
      fifo: { what: '[FIFO queues](ordering.md): order is kept per message group.' },
      orderGuard: {
        byDefault: 'false',
        what: '[An older record never undoes a newer one](ordering.md), replays included.',
      },
    },
  },
  {
    title: 'Sizes, for whoever knows better',
    settings: {
      maxConcurrency: {
        what: 'Function environments at a time. They share the quota evenly. By default one for every 10 calls a second, or 5 with `fifo` or `promptWhenIdle`.',
      },
      batchSize: { what: 'Messages in a batch.' },
      batchingWindowInSeconds: { what: 'How long a batch may wait to fill. 0 with `fifo` and `promptWhenIdle`.' },
      timeoutInSeconds: { what: "The function's time-out." },
      visibilityTimeoutInSeconds: {
        what: 'How long a received message is hidden: at least six time-outs and the window.',
      },
      maxReceiveCount: { what: 'Receives before a message is dead-lettered.' },
      backoffBaseInSeconds: { what: 'The longest wait after the first receive. It doubles with each.' },
      backoffMaxInSeconds: { what: 'The longest wait of all.' },
      memoryInMiB: { byDefault: '512', what: "The function's memory." },
    },
  },
  {
    title: 'Who may send, and whose key encrypts',
    settings: {
      producerPrincipalArns: {
        byDefault: 'none',
        what: "Principals that the queue's policy lets send: at most 50, or as many as fit its 8,192 bytes.",
      },
      producerOrganizationId: { byDefault: 'none', what: 'The AWS organization whose every account may send.' },
      encryption: {
        byDefault: 'service-managed',
        what: '`customer-managed` makes a KMS key for the queues and the log group.',
      },
      encryptionKeyArn: {
        byDefault: 'none',
        what: 'A KMS key that is there already, [whose policy lets it be used](security.md#a-key-of-your-own).',
      },
    },
  },
  {
    title: 'Watching it',
    settings: {
      monitoring: {
        byDefault: 'true',
        what: 'Alarms, a topic that tells of them, a dashboard and saved queries: [Operations](operations.md).',
      },
      alarmEmail: { byDefault: 'none', what: 'Who hears of the alarms, once it has confirmed.' },
      noticeEmail: {
        byDefault: 'none',
        what: 'Who hears of the alarms that can wait; `alarmEmail` is then for [the urgent ones](operations.md#who-hears-of-what).',
      },
      logLevel: {
        byDefault: 'INFO',
        what: 'What is logged. DEBUG has a line for every batch, INFO for those of which something was retried or dead-lettered.',
      },
      logRetentionInDays: { byDefault: '30', what: 'How long logs are kept.' },
      tracing: { byDefault: 'false', what: 'X-Ray traces each batch.' },
      stackName: { byDefault: 'PersonalizeUsers', what: "The stack's name." },
    },
  },
];

const missing = (Object.keys(SETTINGS) as SettingName[]).filter(
  (name) => !SECTIONS.some(({ settings }) => Object.hasOwn(settings, name)),
);
if (missing.length > 0) throw new Error(`scripts/settings-page.ts says nothing of ${missing.join(', ')}.`);

const text = `# Settings

Given with \`-c name=value\`, or in the \`context\` of \`cdk.json\`. A wrong one fails when the stack is synthesized, with what it got
and what it takes; so does a combination that cannot work, and what AWS would refuse only while it deploys, as far as that is known.

What is marked *derived* follows from the quota ([lib/sizing.ts](../lib/sizing.ts)). The construct has the same names as properties.

${SECTIONS.map(renderSection).join('\n\n')}
`;

putGenerated({ [FILE]: text }, check, '`npm run docs:settings` and commit it.');

function renderSection({ title, settings }: Section): string {
  const rows = Object.entries(settings).map(
    ([name, entry]) =>
      `| \`${name}\` | ${defaultOf(name as SettingName, entry)} | ${entry.what}${takenBy(name as SettingName)} |`,
  );
  return [`## ${title}`, '', '| setting | default | what it is |', '|---|---|---|', ...rows].join('\n');
}

function defaultOf(name: SettingName, { byDefault }: Entry): string {
  if (byDefault !== undefined) return byDefault;
  const size = String((SIZES as Partial<Record<SettingName, unknown>>)[name]);
  return DERIVED.has(name) ? `derived: ${size}` : size;
}

/** True and false need no words. */
function takenBy(name: SettingName): string {
  const { takes } = SETTINGS[name];
  return takes === 'true or false' ? '' : ` It takes ${takes}.`;
}
