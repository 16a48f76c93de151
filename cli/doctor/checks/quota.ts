/** The quota of PutUsers, as Service Quotas has it, and the clock that signatures go by. */
import { type Finding, findingOf, warning } from '../finding.ts';

/** A quota of Amazon Personalize. */
export interface ServiceQuota {
  readonly name: string;
  readonly value: number;
  readonly adjustable: boolean;
}

export const QUOTA = 'Quota';

/** Calls a second that a dataset group takes. Source: Personalize developer guide, endpoints and quotas. */
const DOCUMENTED = 10;

/** @param quotas - all that Service Quotas lists for Amazon Personalize */
export function checkQuota(quotas: readonly ServiceQuota[], requestsPerSecond: number): Finding {
  const quota = quotas.find(({ name }) => /PutUsers/i.test(name));
  const [value, source] = quota
    ? [quota.value, 'Service Quotas']
    : [DOCUMENTED, "AWS's pages, since Service Quotas does not list it"];
  const more = quota?.adjustable ? 'It is adjustable.' : 'It is not known to be adjustable.';
  return findingOf(
    QUOTA,
    [
      requestsPerSecond > value
        ? warning(
            `The deployment makes ${requestsPerSecond} calls a second, and PutUsers takes ${value} (${source}): the rest is throttled.`,
            `Deploy with requestsPerSecond=${value}. ${more}`,
          )
        : undefined,
      quota && requestsPerSecond < value
        ? warning(
            `The deployment makes ${requestsPerSecond} calls a second, and PutUsers takes ${value}: it is slower than it could be.`,
            `If nobody else puts users into the dataset group, deploy with requestsPerSecond=${value}.`,
          )
        : undefined,
    ],
    `${requestsPerSecond} calls a second of ${value} (${source}). ${more}`,
  );
}
