import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { userVersionsIn } from '../../lambda/aws/user-versions.ts';
import { afterEnd, afterLease, mayEnd, mayLease, type StoredVersion } from '../../lambda/core/order/lease.ts';
import { createVersionsTable } from '../../simulation/services/versions-table.ts';
import { localClient, startScriptedServer } from '../support/scripted-server.ts';

const step = fc.record({
  isLease: fc.boolean(),
  owner: fc.constantFrom('a', 'b'),
  version: fc.bigInt({ min: 1n, max: 4n }),
  now: fc.integer({ min: 1, max: 6 }),
  isDelivered: fc.boolean(),
  isKept: fc.boolean(),
});

test('what the real client writes to the model is what the protocol says', async () => {
  let table = createVersionsTable();
  const server = await startScriptedServer((request, response, body) => {
    const answer = table.answer(String(request.headers['x-amz-target']), body);
    response.writeHead(answer.statusCode, answer.headers);
    response.end(answer.body);
  });
  const client = new DynamoDBClient(localClient(server.endpoint));
  try {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        table = createVersionsTable();
        const versions = userVersionsIn({ tableName: 'versions', salt: 's' }, client);
        const within = { timeoutInMilliseconds: 10_000 };
        let stored: StoredVersion = {};
        for (const { isLease, owner, version, now, isDelivered, isKept } of steps) {
          if (isLease) {
            const request = { userId: 'u', owner, version, now, until: now + 2 };
            const [reply] = await versions.lease([request], within);
            const isGiven = mayLease(stored, request);
            if (isGiven) stored = afterLease(stored, request);
            expect(reply).toMatchObject({ kind: isGiven ? 'leased' : 'refused', stored });
          } else {
            const end = {
              userId: 'u',
              owner,
              now,
              ...(isDelivered && { delivered: version }),
              ...(isKept && { keptUntil: now + 3 }),
            };
            const [reply] = await versions.end([end], within);
            expect(reply!.kind).toBe(mayEnd(stored, end) ? 'ended' : 'refused');
            if (mayEnd(stored, end)) stored = afterEnd(stored, end);
          }
        }
      }),
      { numRuns: 60 },
    );
  } finally {
    client.destroy();
    await server.stop();
  }
});
