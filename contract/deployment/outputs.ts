/** The stack's outputs, by name: where the command line and producers find a deployment. */

/** What each output is for, as CloudFormation shows it. */
export const OUTPUTS = {
  QueueUrl: 'Where producers send users to.',
  QueueArn: 'What producers in other accounts are to be allowed to send to.',
  DeadLetterQueueUrl: 'Where users are that could not be delivered.',
  DeadLetterQueueArn: 'What a replay reads.',
  FunctionName: 'What puts users into the dataset.',
  DatasetArn: 'The Users dataset.',
  /** Only with a customer's key. */
  EncryptionKeyArn: 'What producers in other accounts are to be allowed to use.',
  /** Only with monitoring, as the next one. */
  DashboardUrl: 'Where to see how it is going.',
  AlarmTopicArn: 'What to subscribe to, to hear of alarms.',
  /** Only with a topic apart. */
  NoticeTopicArn: 'What to subscribe to, to hear of alarms that can wait.',
  /** JSON: see settings-output.ts. */
  Settings: 'What the command line goes by.',
} as const;

/** The name of an output. */
export type OutputName = keyof typeof OUTPUTS;
