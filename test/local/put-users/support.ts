import { PersonalizeEventsClient, PutUsersCommand, type User } from '@aws-sdk/client-personalize-events';
import { localClientSettings } from '../../../aws/connections/local-client.ts';
import {
  type PutUsersService,
  type PutUsersServiceOptions,
  startPutUsersService,
} from '../../../local/put-users/service.ts';

export const DATASET_ARN = 'arn:aws:personalize:eu-central-1:123456789012:dataset/shop/USERS';
export const OTHER_DATASET_ARN = 'arn:aws:personalize:eu-central-1:123456789012:dataset/cinema/USERS';

/** An `Authorization` header as the SDK makes it. */
export const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261123/eu-central-1/personalize/aws4_request, ' +
  'SignedHeaders=content-type;host;x-amz-date, ' +
  'Signature=ac1d145c25fb532d69d0bdade357f440a8dad21490fa14b1f93477eef6bbbf4f';

/** The real client of the SDK, which tries once, so that a test sees what the service answered. */
export function clientOf({ endpoint }: { readonly endpoint: string }): PersonalizeEventsClient {
  return new PersonalizeEventsClient({
    ...localClientSettings({ endpoint, region: 'eu-central-1' }),
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
}

/** What a test does with a running service. */
export interface Running {
  readonly service: PutUsersService;
  /** Puts users with the real client. */
  put(users: readonly User[], datasetArn?: string): Promise<unknown>;
  /** Sends a request that the client would not send; it is signed unless `headers` say otherwise. */
  post(body: string, headers?: Record<string, string>, path?: string): Promise<Response>;
}

/** Starts a service with one dataset, lets `test` use it, and stops it whatever comes of that. */
export async function withService(
  options: Partial<PutUsersServiceOptions>,
  test: (running: Running) => Promise<void>,
): Promise<void> {
  const service = await startPutUsersService({ datasets: [{ arn: DATASET_ARN }], ...options });
  const client = clientOf(service);
  try {
    await test({
      service,
      put: (users, datasetArn = DATASET_ARN) => client.send(new PutUsersCommand({ datasetArn, users: [...users] })),
      post: (body, headers = { authorization: AUTHORIZATION }, path = '/users') =>
        fetch(service.endpoint + path, { method: 'POST', headers, body }),
    });
  } finally {
    client.destroy();
    await service.stop();
  }
}

/** As many users as asked for: `user-0`, `user-1`… */
export function someUsers(count: number): User[] {
  return Array.from({ length: count }, (_, index) => ({ userId: `user-${index}`, properties: '{"age": 34}' }));
}

/** The error that `act` throws; undefined when it throws none. */
export function thrownBy(act: () => unknown): unknown {
  try {
    act();
    return undefined;
  } catch (error) {
    return error;
  }
}
