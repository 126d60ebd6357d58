import { encodeMetainfo, type Metainfo, parseMetainfo } from '../../shared/metainfo.ts';
import { invariant } from '../../shared/invariant.ts';

/** The trackers that a .torrent of the library names, in order, our own edge's not among them. */
export function trackersOf(metainfoBytes: Uint8Array): string[] {
  return parse(metainfoBytes).trackers.flat();
}

/** The same torrent with these trackers in place of those that it had, each a tier (BEP 12). */
export function withTrackers(
  metainfoBytes: Uint8Array,
  trackers: readonly string[],
): Uint8Array<ArrayBuffer> {
  const metainfo = parse(metainfoBytes);
  return encodeMetainfo(metainfo.infoBytes, {
    ...metainfo,
    trackers: trackers.map((url) => [url]),
  });
}

function parse(metainfoBytes: Uint8Array): Metainfo {
  const metainfo = parseMetainfo(metainfoBytes);
  invariant(metainfo.ok, 'what is in the library was parsed before it was kept');
  return metainfo.value;
}
