import { onTestFinished, vi } from 'vitest';
import { AUTHORIZED, fetchEdge } from './edge.ts';

const ACCESS_KEY = 'k'.repeat(43);

/** A job and a torrent as a seed box tells of them: the tests of the seed box hold its own words against the same schemas. */
const JOB = {
  id: 'fake.1',
  kind: 'publish',
  state: 'uploading',
  name: 'as declared',
  account: 'operator',
  accountName: 'operator',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  sizeBytes: 5,
  uploadedBytes: 0,
  hashedBytes: 0,
  bytesPerSecond: null,
  error: null,
  publication: null,
};
const FILES = [{ index: 0, path: [], size: 5, uploadedBytes: 0, uploadId: 'fake.1.0' }];

export function seedingReport(infoHash: string) {
  return {
    infoHash,
    infoHashV2: null,
    name: 'as declared',
    sizeBytes: 5,
    pieces: 1,
    withheldPieces: 0,
    verifiedAt: null,
    peers: 0,
    uploadedBytes: { tcp: 0, webrtc: 0, http: 0 },
    announces: [],
  };
}

/** What is answered to a request for a seed box. */
type Answer = (method: string, url: URL) => Response | undefined;

/** What the seed boxes of a test answer; those of an earlier one, which the edge still knows, are away. */
const boxes = new Map<string, Answer>();

async function fetchFromBox(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const url = new URL(request.url);
  const answer = boxes.get(url.origin);
  if (answer === undefined) throw new Error(`${url.origin} is away`);
  if (request.headers.get('authorization') !== `Bearer ${ACCESS_KEY}`) {
    return problem(401, 'no-access-key');
  }
  await request.body?.pipeTo(new WritableStream());
  return answer(request.method, url) ?? problem(404, 'no-such-route');
}

/** Has a seed box report to the edge, and answers what it is asked in its place until the test ends. */
export async function reportFakeEverseed(id: string, answer: Answer): Promise<void> {
  const url = `https://${id}.example`;
  vi.stubGlobal('fetch', fetchFromBox);
  boxes.set(url, answer);
  onTestFinished(() => void boxes.delete(url));
  const report = { url, transports: ['uploads'], health: {}, accessKey: ACCESS_KEY };
  const response = await fetchEdge(`/api/everseeds/${id}`, {
    method: 'PUT',
    headers: AUTHORIZED,
    body: new TextEncoder().encode(JSON.stringify(report)),
  });
  if (!response.ok) throw new Error(`The report is answered with ${response.status}`);
}

/** One that has a job with an upload, and seeds a torrent. */
export async function startFakeEverseed() {
  const seeding = seedingReport('5'.repeat(40));
  const upload = '/api/uploads/fake.1.0';
  const answers: Readonly<Record<string, () => Response>> = {
    'POST /api/jobs': () =>
      Response.json(
        { ...JOB, files: FILES },
        { status: 201, headers: { location: '/api/jobs/fake.1' } },
      ),
    'GET /api/jobs': () => Response.json({ jobs: [JOB] }),
    'GET /api/jobs/fake.1': () => Response.json({ ...JOB, files: FILES }),
    'DELETE /api/jobs/fake.1': () => new Response(null, { status: 204 }),
    'POST /api/uploads': () =>
      new Response(null, { status: 201, headers: { location: upload, 'upload-offset': '0' } }),
    [`HEAD ${upload}`]: () =>
      new Response(null, { headers: { 'upload-offset': '0', 'upload-length': '5' } }),
    [`PATCH ${upload}`]: () =>
      new Response(null, { status: 204, headers: { 'upload-offset': '5' } }),
    [`DELETE ${upload}`]: () => new Response(null, { status: 204 }),
    'GET /api/seeding': () => Response.json({ torrents: [seeding] }),
    [`GET /api/seeding/${seeding.infoHash}`]: () => Response.json(seeding),
  };
  await reportFakeEverseed('fake', (method, { pathname }) =>
    (answers[`${method} ${pathname}`] ?? (() => problem(404, 'unknown-torrent')))(),
  );
  const metadata = { 'upload-metadata': `job ${btoa(JOB.id)},index ${btoa('0')}` };
  return { job: JOB, seeding, metadata };
}

function problem(status: number, code: string): Response {
  const body = { type: 'about:blank', title: 'Refused', status, code, detail: 'for a test' };
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json(body, { status, headers });
}
