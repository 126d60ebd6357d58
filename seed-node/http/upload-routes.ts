import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Server } from '@tus/server';
import { Hono } from 'hono';
import type { FoundUpload, Jobs } from '../jobs/jobs.ts';
import { uploadIdOf } from '../jobs/upload-folder.ts';
import { problemResponse, UNKNOWN_UPLOAD } from './api-problem.ts';
import type { ApiEnv } from './api-routes.ts';
import { JobFileStore } from './job-file-store.ts';

const PATH = '/api/uploads';
const TUS = { 'tus-resumable': '1.0.0', 'cache-control': 'no-store' };

/**
 * The files of jobs, by the tus protocol (version 1.0.0): they break off and go on at any byte. Whose an upload is, and
 * whether it may still be written, is decided here; bytes and offsets are the protocol's.
 */
export function uploadRoutes(components: {
  readonly jobs: Jobs;
  readonly uploadDir: string;
}): Hono<ApiEnv> {
  const { jobs, uploadDir } = components;
  const app = new Hono<ApiEnv>();
  const tus = new Server({
    path: PATH,
    relativeLocation: true,
    datastore: new JobFileStore(uploadDir, jobs),
    namingFunction: (_request, metadata) => uploadIdIn(metadata) ?? '',
    // Before the answer: with it the client knows that the job goes on.
    onUploadFinish: (_request, { id }) => {
      jobs.noteUpload(id);
      return Promise.resolve({});
    },
  });

  app.post(PATH, async (c) => {
    const uploadId = uploadIdIn(parseMetadata(c.req.header('upload-metadata') ?? ''));
    const found = uploadId === undefined ? undefined : jobs.findUpload(c.var.account, uploadId);
    if (uploadId === undefined || found === undefined) return problemResponse(UNKNOWN_UPLOAD);
    const { job, file } = found;
    if (c.req.header('upload-length') !== String(file.sizeBytes)) {
      const detail = 'the length is not the one that the job has for this file';
      return problemResponse({ status: 400, code: 'wrong-length', detail });
    }
    // An empty file is complete without any upload, also where the job has gone on by now.
    if (file.sizeBytes === 0) {
      const location = `${PATH}/${uploadId}`;
      return c.body(null, 201, { ...TUS, location, 'upload-offset': '0' });
    }
    if (job.state !== 'uploading') return problemResponse(NOT_UPLOADING);
    try {
      await tus.handle(c.env.incoming, c.env.outgoing);
    } finally {
      jobs.noteUpload(uploadId);
    }
    return RESPONSE_ALREADY_SENT;
  });

  // HEAD comes as GET here, and is still what the request says. What was uploaded is not given out.
  app.on(['GET', 'PATCH', 'DELETE'], `${PATH}/:id`, async (c) => {
    if (c.req.method === 'GET') return problemResponse(UNKNOWN_UPLOAD);
    const uploadId = c.req.param('id');
    const found = jobs.findUpload(c.var.account, uploadId);
    if (found === undefined) return problemResponse(UNKNOWN_UPLOAD);
    const isComplete = found.file.uploadedBytes === found.file.sizeBytes;
    if (c.req.method === 'HEAD' && isComplete) return c.body(null, 200, completeHeaders(found));
    if (found.job.state !== 'uploading' || (c.req.method === 'DELETE' && isComplete)) {
      return problemResponse(NOT_UPLOADING);
    }
    try {
      await tus.handle(c.env.incoming, c.env.outgoing);
    } finally {
      jobs.noteUpload(uploadId);
    }
    return RESPONSE_ALREADY_SENT;
  });

  return app;
}

const NOT_UPLOADING = {
  status: 409,
  code: 'not-uploading',
  detail: 'this file is complete, or its job is over',
} as const;

/** A client that did not hear of its last byte asks, and finds that all is there, though it was moved away. */
function completeHeaders({ file }: FoundUpload): Record<string, string> {
  return { ...TUS, 'upload-offset': `${file.sizeBytes}`, 'upload-length': `${file.sizeBytes}` };
}

/** `Upload-Metadata`: pairs of a key and a value in base64, with commas between them. */
function parseMetadata(header: string): Record<string, string> {
  const pairs = header.split(',').map((pair) => pair.trim().split(' '));
  return Object.fromEntries(
    pairs.map(([key = '', value = '']) => [key, Buffer.from(value, 'base64').toString('utf8')]),
  );
}

function uploadIdIn(metadata?: Readonly<Record<string, string | null>>): string | undefined {
  const { job, index } = metadata ?? {};
  const isIndex = /^(0|[1-9][0-9]{0,5})$/.test(index ?? '');
  return job && isIndex ? uploadIdOf(job, Number(index)) : undefined;
}
