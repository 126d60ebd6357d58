import { decodeBencode, encodeBencode, entryOf, integerOf } from '../../shared/bencode.ts';
import { concatBytes } from '../../shared/bytes.ts';
import { type IpAddress, MAX_PORT } from '../../shared/endpoint.ts';
import { BLOCK_BYTES } from '../../shared/pieces.ts';

/** The extended message id of the extension handshake itself (BEP 10). */
export const EXTENSION_HANDSHAKE_ID = 0;
/** The id under which we take `ut_metadata` messages: ours to choose (BEP 10). */
export const OUR_METADATA_ID = 1;
/** The id under which we take `ut_pex` messages. */
export const OUR_PEX_ID = 2;
/** The metadata goes over in pieces of 16 KiB (BEP 9). */
export const METADATA_PIECE_BYTES = BLOCK_BYTES;

const LIMITS = { bytes: 64 * 1024, depth: 8, nodes: 1_000 };
const METADATA_REQUEST = 0;
const METADATA_DATA = 1;
const METADATA_REJECT = 2;

/** What we tell a peer about ourselves: magnet links can fetch the metadata here, and that we only upload (BEP 21). */
export function encodeExtensionHandshake(hello: {
  readonly metadataBytes: number;
  readonly maxRequests: number;
  readonly client: string;
  /** `ut_pex` is spoken (BEP 11); never about a private torrent (BEP 27). */
  readonly exchangesPeers: boolean;
  /** Where we take connections. */
  readonly listenPort: number | undefined;
  /** The address that we see the peer under. */
  readonly yourIp: IpAddress | undefined;
}): Uint8Array<ArrayBuffer> {
  const { exchangesPeers, listenPort, yourIp } = hello;
  const metadata = { ut_metadata: OUR_METADATA_ID };
  return encodeBencode({
    m: exchangesPeers ? { ...metadata, ut_pex: OUR_PEX_ID } : metadata,
    metadata_size: hello.metadataBytes,
    reqq: hello.maxRequests,
    upload_only: 1,
    v: hello.client,
    ...(listenPort === undefined ? {} : { p: listenPort }),
    ...(yourIp === undefined ? {} : { yourip: yourIp }),
  });
}

/** What of a peer's extension handshake matters to a seed. Unknown or malformed parts are as if absent. */
export interface RemoteExtensions {
  /** The id that the peer takes `ut_metadata` under. */
  readonly metadataId: number | undefined;
  /** The id that the peer takes `ut_pex` under. */
  readonly pexId: number | undefined;
  /** Where it takes connections. */
  readonly listenPort: number | undefined;
  /** BEP 21: it has all that it wants. */
  readonly isUploadOnly: boolean;
}

export function parseExtensionHandshake(payload: Uint8Array): RemoteExtensions {
  const decoded = decodeBencode(payload, LIMITS);
  const root = decoded.ok ? decoded.value : undefined;
  const ids = entryOf(root, 'm');
  const port = integerOf(entryOf(root, 'p'));
  return {
    metadataId: extendedIdOf(integerOf(entryOf(ids, 'ut_metadata'))),
    pexId: extendedIdOf(integerOf(entryOf(ids, 'ut_pex'))),
    listenPort: port !== undefined && port > 0 && port <= MAX_PORT ? port : undefined,
    isUploadOnly: integerOf(entryOf(root, 'upload_only')) === 1,
  };
}

/** 0 switches an extension off (BEP 10); ids are one byte. */
function extendedIdOf(id: number | undefined): number | undefined {
  return id !== undefined && id > 0 && id < 256 ? id : undefined;
}

/** The answer to a `ut_metadata` message: the piece asked for, a reject, or nothing where nothing was asked (BEP 9). */
export function answerMetadataRequest(
  payload: Uint8Array,
  infoBytes: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  const decoded = decodeBencode(payload, LIMITS);
  if (!decoded.ok || integerOf(entryOf(decoded.value, 'msg_type')) !== METADATA_REQUEST) {
    return undefined;
  }
  const piece = integerOf(entryOf(decoded.value, 'piece')) ?? -1;
  if (piece < 0 || piece * METADATA_PIECE_BYTES >= infoBytes.length) {
    return encodeBencode({ msg_type: METADATA_REJECT, piece: Math.max(0, piece) });
  }
  const start = piece * METADATA_PIECE_BYTES;
  return concatBytes([
    encodeBencode({ msg_type: METADATA_DATA, piece, total_size: infoBytes.length }),
    infoBytes.subarray(start, start + METADATA_PIECE_BYTES),
  ]);
}
