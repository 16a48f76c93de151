/** A file in S3 that is uploaded while it is written: in parts, and there as a whole or not at all. */
import { PassThrough } from 'node:stream';
import { PutObjectCommand, type S3Client, UploadPartCommand } from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

/** Where text goes, piece by piece. */
export interface TextSink {
  /** Waits until more may come. */
  write(text: string): Promise<void>;
  /** Waits until all is there. */
  end(): Promise<void>;
  /** Leaves nothing behind. */
  abort(error: unknown): Promise<void>;
}

/** A sink for nothing. */
export const NOWHERE: TextSink = { write: async () => {}, end: async () => {}, abort: async () => {} };

/**
 * Bytes of a part. S3 takes 10,000 parts, so that this is 156 GiB at most. Source: S3 user guide, multipart upload limits.
 */
const PART_BYTES = 16 * 1024 * 1024;
const PARTS_AT_A_TIME = 4;

export interface UploadTarget {
  readonly bucket: string;
  readonly key: string;
  /** Cuts off the part that is on its way; what was uploaded is then removed. */
  readonly signal: AbortSignal;
}

/** Begins an upload. Whatever fails in it, is thrown by the next call. */
export function beginUpload(client: S3Client, { bucket, key, signal }: UploadTarget): TextSink {
  const body = new PassThrough({ highWaterMark: 1024 * 1024 });
  const upload = new Upload({
    client: withPartsCutOff(client, signal),
    params: { Bucket: bucket, Key: key, Body: body, ContentType: 'text/csv; charset=utf-8' },
    partSize: PART_BYTES,
    queueSize: PARTS_AT_A_TIME,
  });
  const done = upload.done();
  // A body that is given up by the upload says nothing of why.
  const failure = new Promise<never>((_, reject) => done.catch(reject));
  failure.catch(() => {});
  body.on('error', () => {});

  return {
    write: async (text) => {
      if (body.destroyed) await failure;
      if (!body.write(text)) await Promise.race([drainOf(body), failure]);
    },
    end: async () => {
      body.end();
      await done;
    },
    abort: async (error) => {
      body.destroy(error instanceof Error ? error : new Error(String(error)));
      await done.catch(() => {});
    },
  };
}

function drainOf(body: PassThrough): Promise<void> {
  return new Promise((resolve) => body.once('drain', resolve));
}

/** A part may take long. What removes the parts that are there must not be cut off. */
function withPartsCutOff(client: S3Client, signal: AbortSignal): S3Client {
  const sdk = client as unknown as { send(command: object, options?: object): Promise<unknown> };
  const send = sdk.send.bind(client);
  sdk.send = (command, options) => {
    const isPart = command instanceof UploadPartCommand || command instanceof PutObjectCommand;
    return send(command, isPart ? { ...options, abortSignal: signal } : options);
  };
  return client;
}
