/** The Avro schema of a dataset, as Personalize has it. */
import {
  DescribeDatasetCommand,
  DescribeSchemaCommand,
  type PersonalizeClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-personalize';
import { CommandError } from './failure.ts';

/**
 * Fetches it: DescribeDataset, DescribeSchema.
 *
 * @returns its text, as it was created
 * @throws CommandError when there is no such dataset; and what the client throws
 */
export async function fetchSchema(client: PersonalizeClient, datasetArn: string): Promise<string> {
  try {
    const { dataset } = await client.send(new DescribeDatasetCommand({ datasetArn }));
    const { schema } = await client.send(new DescribeSchemaCommand({ schemaArn: dataset?.schemaArn }));
    if (schema?.schema) return schema.schema;
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
    throw new CommandError(`There is no dataset ${datasetArn}.`, {
      hint: 'aws personalize list-datasets tells which there are. It may be in another account: give --profile.',
      cause: error,
    });
  }
  throw new CommandError(`Personalize told of no schema of ${datasetArn}.`);
}
