/** The upload, with the real client against a server of S3's operations. */

import { S3Client } from '@aws-sdk/client-s3';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { beginUpload } from '../../../cli/import/upload.ts';
import { localClient } from '../../support/scripted-server.ts';
import { type BulkAnswers, type BulkAws, startBulkAws } from '../support/bulk-aws.ts';

jest.setTimeout(60_000);

const MEBIBYTE = `${'x'.repeat(1024 * 1024 - 1)}\n`;

let aws: BulkAws;
let client: S3Client;
const start = async (answers: BulkAnswers = {}) => {
  aws = await startBulkAws({
    CreateMultipartUpload: () => ({
      xml: '<InitiateMultipartUploadResult><UploadId>the-upload</UploadId></InitiateMultipartUploadResult>',
    }),
    UploadPart: () => ({ xml: '' }),
    CompleteMultipartUpload: () => ({ xml: '<CompleteMultipartUploadResult/>' }),
    AbortMultipartUpload: () => ({ xml: '' }),
    PutObject: () => ({ xml: '' }),
    ...answers,
  });
  client = new S3Client({ ...localClient(aws.endpoint), maxAttempts: 1 });
};
let interruption: AbortController;
beforeEach(() => {
  interruption = new AbortController();
});
afterEach(async () => {
  client.destroy();
  await aws.stop();
});

const begin = () => beginUpload(client, { bucket: 'b', key: 'k.csv', signal: interruption.signal });

test('a small file is put at once', async () => {
  await start();
  const sink = begin();
  await sink.write('a\n');
  await sink.write('b\n');
  await sink.end();
  expect(aws.callsOf('PutObject').map(({ body }) => body)).toEqual(['a\nb\n']);
});

test('a large one is put in parts, and together they are what was written', async () => {
  await start();
  const sink = begin();
  for (let written = 0; written < 34; written++) await sink.write(MEBIBYTE);
  await sink.write('end\n');
  await sink.end();
  const parts = aws.callsOf('UploadPart').map(({ body }) => body.length);
  expect(parts.toSorted((a, b) => b - a)).toEqual([16 * 1024 * 1024, 16 * 1024 * 1024, 2 * 1024 * 1024 + 4]);
  expect(aws.operations().at(-1)).toBe('CompleteMultipartUpload');
});

test('a failure of S3 is thrown by the next write, and leaves nothing behind', async () => {
  await start({ UploadPart: () => ({ error: 'AccessDenied', status: 403 }) });
  const sink = begin();
  const writing = (async () => {
    for (;;) await sink.write(MEBIBYTE);
  })();
  await expect(writing).rejects.toMatchObject({ name: 'AccessDenied' });
  await sink.abort(new Error('of the other side'));
  expect(aws.operations().at(-1)).toBe('AbortMultipartUpload');
  expect(aws.operations()).not.toContain('CompleteMultipartUpload');
});

test('what ends it before its end, ends a part that is on its way, and leaves nothing behind', async () => {
  const { promise: uploading, resolve } = Promise.withResolvers<void>();
  await start({
    UploadPart: () => {
      resolve();
      return { never: true };
    },
  });
  const sink = begin();
  for (let written = 0; written < 17; written++) await sink.write(MEBIBYTE);
  await uploading;
  interruption.abort();
  await sink.abort(new Error('interrupted'));
  expect(aws.operations().at(-1)).toBe('AbortMultipartUpload');
});
