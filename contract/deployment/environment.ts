/** The function's environment variables, by name: `lib/` sets them, `lambda/` reads them. */

/** The name of a variable that is ours. */
export type EnvironmentVariable =
  | 'DATASET_ARN'
  | 'QUEUE_URL'
  | 'DEAD_LETTER_QUEUE_URL'
  | 'MAX_RECEIVE_COUNT'
  | 'REQUESTS_PER_SECOND'
  | 'MAX_CONCURRENCY'
  | 'MAX_PROPERTIES_LENGTH'
  | 'BACKOFF_BASE_SECONDS'
  | 'BACKOFF_MAX_SECONDS'
  | 'TIMEOUT_SECONDS';

/** The name of a variable that is there if the deployment has the order guard; then both are. */
export type OrderVariable = 'ORDER_TABLE_NAME' | 'ORDER_SALT';

/** The name of a variable that is there if the deployment knows the dataset's schema; then both are. */
export type SchemaVariable =
  /** The file of the schema. A relative path starts where the function's module is. */
  'USERS_SCHEMA_FILE' | 'SCHEMA_CHECK';
