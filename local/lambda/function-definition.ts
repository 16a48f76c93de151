/** A function as it is deployed: its code and the settings that its code can notice. */
export interface FunctionDefinition {
  readonly name: string;
  readonly arn: string;
  /** Such as `eu-west-1`. */
  readonly region: string;
  /** Such as `nodejs24.x`. Named to the code only: what runs it is this process's own Node. */
  readonly runtime: string;
  /** The directory that is deployed. */
  readonly codeDirectory: string;
  /** The module and its export, such as `index.handler`. */
  readonly handler: string;
  readonly timeoutInSeconds: number;
  readonly memorySizeInMB: number;
  /** The function's own environment variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logging: LoggingSettings;
}

/** Lambda's logging configuration. */
export interface LoggingSettings {
  readonly format: 'Text' | 'JSON';
  /** The level below which the code is asked not to log, such as `INFO`. */
  readonly applicationLevel?: string | undefined;
  /** The name of the log group. Named to the code only: logs go to whoever runs the function. */
  readonly group: string;
}
