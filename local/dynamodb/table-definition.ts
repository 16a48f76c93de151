/** A table that is to be made. */
export interface TableDefinition {
  readonly name: string;
  /** The name of the key, which is a string. The local world knows no other kind. */
  readonly partitionKey: string;
}
