/** The metrics that the function publishes, by name: telemetry writes them, dashboards, alarms and `status` read them. */

/** The namespace of all metrics of ours. */
export const METRICS_NAMESPACE = 'PersonalizeUsers';

/** The value of the dimension `service`, which Powertools puts on every metric. */
export const SERVICE_NAME = 'personalize-users';

/** The name of a metric of the function. `DeadLetters` is apart: it has the dimension `ErrorCode` as well. */
export type IngestionMetricName =
  /** Users that are in the dataset now. */
  | 'UsersDelivered'
  /** Users of which a newer record was delivered: in the same batch or, as the order guard knows, before. */
  | 'UsersSuperseded'
  /** Users whose dead letter is stored. */
  | 'UsersRejected'
  /** Users that are to be received again. */
  | 'UsersRetried'
  /** Attempts at PutUsers, each of which spends the quota. */
  | 'PutUsersCalls'
  /** Attempts that PutUsers throttled. */
  | 'ThrottledCalls'
  /** Users in a call, 1 to 10. */
  | 'UsersPerCall'
  /** Messages that a defect of the function struck, or the defects themselves where there is none. */
  | 'InternalErrors'
  /** How old the oldest message of a batch was when the batch was begun, in milliseconds. */
  | 'OldestMessageAge';

/**
 * Metrics of what most batches have none of. Such a batch leaves them out: a line of metrics is paid for by the byte, and a metric by the
 * hours in which it is published. So in good health they are not there, which graphs take for 0.
 *
 * `UsersRejected` and `InternalErrors` are always there, although they are mostly 0: alarms add them to metrics of AWS, and whether `FILL`
 * makes a 0 of a metric that was never published is not documented. (AWS's service team says so of Lambda's metrics, aws-sdk-js-v3 issue 6873.)
 */
export const OCCASIONAL_METRICS = [
  'UsersSuperseded',
  'UsersRetried',
  'ThrottledCalls',
] as const satisfies readonly IngestionMetricName[];

export type OccasionalMetricName = (typeof OCCASIONAL_METRICS)[number];

/** The metric of dead letters by reason. Its dimension {@link ERROR_CODE_DIMENSION} has a value for each reason that occurred. */
export const DEAD_LETTERS_METRIC = 'DeadLetters';

/**
 * Users that may not fit the dataset's schema, and that PutUsers took and refused. Their dimension {@link MISFIT_DIMENSION}
 * has a value for each kind of misfit that occurred.
 */
export const SUSPECTS_TAKEN_METRIC = 'SuspectsTaken';
export const SUSPECTS_REFUSED_METRIC = 'SuspectsRefused';

/** The dimension that tells suspects apart. */
export const MISFIT_DIMENSION = 'Misfit';

/** The dimension that tells dead letters apart. */
export const ERROR_CODE_DIMENSION = 'ErrorCode';

/** The dimensions of the metrics of one deployment: its function is what tells it from others in the account and region. */
export function ingestionDimensions(functionName: string) {
  return { service: SERVICE_NAME, function_name: functionName };
}
