import { defineOperation } from '../api/operation.ts';
import { ID_AT_EVERSEED } from './job-schema.ts';
import {
  CHUNK_TOO_LARGE,
  NO_EVERSEED,
  NOT_UPLOADING,
  UNKNOWN_JOB,
  UNKNOWN_UPLOAD,
  WRONG_LENGTH,
} from './upload-problems.ts';

const tag = 'Publishing by upload';
const TUS_RESUMABLE = { description: 'the version of the protocol: 1.0.0' };
const PART = { mediaType: 'application/offset+octet-stream', description: 'At most 32 MiB.' };
const UPLOAD_OFFSET = 'how many bytes have arrived';

/** What the protocol refuses it refuses in its own way, which clients know. */
const IN_PLAIN_TEXT =
  'A wrong offset (409), version (412) or media type (415) is refused in plain text, as tus 1.0 has it.';

export const CREATE_UPLOAD = defineOperation({
  method: 'POST',
  path: '/api/uploads',
  id: 'createUpload',
  tag,
  summary: 'Begin to upload a file of a job, by tus 1.0',
  description: `Any tus client does. The upload is given up when nothing came for seven days. ${IN_PLAIN_TEXT}`,
  access: ['publish'],
  headers: {
    'Tus-Resumable': TUS_RESUMABLE,
    'Upload-Length': { description: 'the size that the job has for the file' },
    'Upload-Metadata': {
      description: '`job <its id in base64>,index <that of the file in base64>`',
    },
  },
  rawBody: { ...PART, isOptional: true },
  answers: {
    201: {
      description: 'It is begun, or was before.',
      headers: { Location: 'where its parts go' },
    },
  },
  problems: [
    CHUNK_TOO_LARGE,
    UNKNOWN_JOB,
    UNKNOWN_UPLOAD,
    WRONG_LENGTH,
    NOT_UPLOADING,
    NO_EVERSEED,
  ],
});

export const READ_UPLOAD = defineOperation({
  method: 'HEAD',
  path: '/api/uploads/:id',
  id: 'readUpload',
  tag,
  summary: 'See how much of a file has arrived',
  description: 'An upload that broke off goes on there.',
  access: ['publish'],
  params: { id: ID_AT_EVERSEED },
  headers: { 'Tus-Resumable': TUS_RESUMABLE },
  answers: {
    200: {
      description: 'It is here.',
      headers: { 'Upload-Offset': UPLOAD_OFFSET, 'Upload-Length': 'how many there will be' },
    },
  },
  problems: [UNKNOWN_JOB, UNKNOWN_UPLOAD, NOT_UPLOADING, NO_EVERSEED],
});

export const APPEND_UPLOAD = defineOperation({
  method: 'PATCH',
  path: '/api/uploads/:id',
  id: 'appendUpload',
  tag,
  summary: 'Upload the next part of a file',
  description: `What arrived before a line broke is kept. ${IN_PLAIN_TEXT}`,
  access: ['publish'],
  params: { id: ID_AT_EVERSEED },
  headers: {
    'Tus-Resumable': TUS_RESUMABLE,
    'Upload-Offset': { description: 'where the part begins: how many bytes have arrived' },
  },
  rawBody: PART,
  answers: {
    204: { description: 'All of it has arrived.', headers: { 'Upload-Offset': UPLOAD_OFFSET } },
  },
  problems: [CHUNK_TOO_LARGE, UNKNOWN_JOB, UNKNOWN_UPLOAD, NOT_UPLOADING, NO_EVERSEED],
});

export const CANCEL_UPLOAD = defineOperation({
  method: 'DELETE',
  path: '/api/uploads/:id',
  id: 'cancelUpload',
  tag,
  summary: 'Take back what was uploaded of a file',
  access: ['publish'],
  params: { id: ID_AT_EVERSEED },
  headers: { 'Tus-Resumable': TUS_RESUMABLE },
  answers: { 204: { description: 'It may be begun anew.' } },
  problems: [UNKNOWN_JOB, UNKNOWN_UPLOAD, NOT_UPLOADING, NO_EVERSEED],
});
