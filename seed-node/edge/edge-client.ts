import type { EverseedReport } from '../../shared/everseed.ts';
import type { InfoHash } from '../../shared/info-hash.ts';
import { decodeUtf8 } from '../../shared/text.ts';
import { readBounded } from '../http/read-bounded.ts';
import type { Publication } from '../../shared/publication.ts';

const MAX_ANSWER_BYTES = 1_000_000;
const REGISTER_TIMEOUT_MS = 60_000;
const REPORT_TIMEOUT_MS = 30_000;

/** The edge answered, and the answer is no: asking again changes nothing. */
export class EdgeRefusal extends Error {}

/** The seed box's side of the edge's API. */
export class EdgeClient {
  readonly edgeUrl: string;
  readonly #publisherToken: string;

  /** `edgeUrl` is an origin: no slash at its end. */
  constructor(edgeUrl: string, publisherToken: string) {
    this.edgeUrl = edgeUrl;
    this.#publisherToken = publisherToken;
  }

  /** Throws `EdgeRefusal` where the edge does not take our token, before hours of hashing are spent. */
  async checkToken(signal: AbortSignal): Promise<void> {
    const response = await this.#post(new Uint8Array(0), signal);
    await response.body?.cancel();
    if (response.status === 401 || response.status === 403) {
      throw new EdgeRefusal(`The edge at ${this.edgeUrl} does not accept the publisher token`);
    }
  }

  /**
   * Registers a .torrent, new or known. Throws `EdgeRefusal` with the edge's own words where it refuses, and
   * another error where it could not be reached or failed.
   */
  async register(
    metainfoBytes: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<Publication> {
    const response = await this.#post(metainfoBytes, signal);
    const answer = parseJson(await readBounded(response, MAX_ANSWER_BYTES));
    if (response.status >= 500 || response.status === 429) {
      throw new Error(`The edge failed with HTTP ${response.status}${detailOf(answer)}`);
    }
    if (!response.ok) {
      throw new EdgeRefusal(`The edge refused with HTTP ${response.status}${detailOf(answer)}`);
    }
    if (!isPublication(answer)) throw new Error(`${this.edgeUrl} does not answer like an edge`);
    return answer;
  }

  /** Tells the edge where this seed box is. Throws where the edge was not reached, or does not take it. */
  async report(id: string, report: EverseedReport, signal: AbortSignal): Promise<void> {
    const response = await fetch(`${this.edgeUrl}/api/everseeds/${id}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${this.#publisherToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(report),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REPORT_TIMEOUT_MS)]),
    });
    const answer = parseJson(await readBounded(response, MAX_ANSWER_BYTES));
    if (!response.ok) {
      throw new Error(`The edge answered HTTP ${response.status}${detailOf(answer)}`);
    }
  }

  /** Tells what is to be said of a publication. False where the edge knows no such thing; throws `EdgeRefusal`. */
  async describe(infoHash: InfoHash, details: object, signal: AbortSignal): Promise<boolean> {
    const response = await this.#send('PATCH', infoHash, signal, JSON.stringify(details));
    const answer = parseJson(await readBounded(response, MAX_ANSWER_BYTES));
    if (response.status === 404 || response.status === 405) return false;
    if (response.status >= 500 || response.status === 429) {
      throw new Error(`The edge failed with HTTP ${response.status}${detailOf(answer)}`);
    }
    if (!response.ok) {
      throw new EdgeRefusal(`The edge refused with HTTP ${response.status}${detailOf(answer)}`);
    }
    return true;
  }

  /** Takes a publication back, whether or not there is one. Throws where the edge was not reached, or failed. */
  async unpublish(infoHash: InfoHash, signal: AbortSignal): Promise<void> {
    const response = await this.#send('DELETE', infoHash, signal);
    await response.body?.cancel();
    if (!response.ok && response.status !== 404) {
      throw new Error(`The edge answered HTTP ${response.status}`);
    }
  }

  #send(
    method: 'PATCH' | 'DELETE',
    infoHash: InfoHash,
    signal: AbortSignal,
    body?: string,
  ): Promise<Response> {
    return fetch(`${this.edgeUrl}/api/torrents/${infoHash}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#publisherToken}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body }),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REPORT_TIMEOUT_MS)]),
    });
  }

  #post(body: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Response> {
    return fetch(`${this.edgeUrl}/api/torrents`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.#publisherToken}`,
        'content-type': 'application/x-bittorrent',
      },
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(REGISTER_TIMEOUT_MS)]),
    });
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decodeUtf8(bytes) ?? '');
  } catch {
    return undefined;
  }
}

/** The `detail` of a problem document (RFC 9457), in front of it a colon. */
function detailOf(answer: unknown): string {
  const hasDetail = typeof answer === 'object' && answer !== null && 'detail' in answer;
  return hasDetail && typeof answer.detail === 'string' ? `: ${answer.detail}` : '';
}

function isPublication(answer: unknown): answer is Publication {
  if (typeof answer !== 'object' || answer === null) return false;
  const texts = ['name', 'magnet', 'torrentUrl', 'pageUrl'] as const;
  return (
    texts.every((key) => typeof Reflect.get(answer, key) === 'string') &&
    typeof Reflect.get(answer, 'size') === 'number' &&
    ['infoHash', 'infoHashV2'].some((key) => typeof Reflect.get(answer, key) === 'string')
  );
}
