/** A request body on its way through, and whether it was cut off because it is too long. */
export interface BoundedBody {
  readonly stream: ReadableStream<Uint8Array> | null;
  isTooLong(): boolean;
}

/**
 * Lets a body through as it arrives, and breaks it off at the first byte past `maxBytes`; undefined where it says
 * itself that it is longer. One of a known length stays one: the runtime holds it to that.
 */
export function boundBody(request: Request, maxBytes: number): BoundedBody | undefined {
  const declared = parseLength(request.headers.get('content-length'));
  if (declared !== undefined && declared > maxBytes) return undefined;
  const body: ReadableStream<Uint8Array> | null = request.body;
  if (body === null) return { stream: null, isTooLong: () => false };
  // What is left of it when the seed box has answered is for `discardBody`.
  const options = { preventCancel: true };
  if (declared !== undefined) {
    const stream: ReadableStream<Uint8Array> = body.pipeThrough(
      new FixedLengthStream(declared),
      options,
    );
    return { stream, isTooLong: () => false };
  }
  let passedBytes = 0;
  const counted = new TransformStream<Uint8Array, Uint8Array>({
    transform: (part, controller) => {
      passedBytes += part.length;
      if (passedBytes > maxBytes) throw new Error('The body is too long');
      controller.enqueue(part);
    },
  });
  return { stream: body.pipeThrough(counted, options), isTooLong: () => passedBytes > maxBytes };
}

/**
 * Reads what is left of a body and forgets it, up to `maxBytes`: over HTTP/1.1 a client that is answered in the middle
 * of sending may find the connection closed before it has read the answer.
 */
export async function discardBody(request: Request, maxBytes: number): Promise<void> {
  const body: ReadableStream<Uint8Array> | null = request.body;
  if (body === null || body.locked) return;
  let lengthBytes = 0;
  const sink = new WritableStream<Uint8Array>({
    write: (part: Uint8Array) => {
      lengthBytes += part.length;
      if (lengthBytes > maxBytes) throw new Error('Enough is read');
    },
  });
  // Where the client has left nobody waits for the answer.
  await body.pipeTo(sink).catch(() => {});
}

function parseLength(text: string | null): number | undefined {
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : undefined;
}
