import { Command } from 'commander';
import { toHex } from '../../shared/bytes.ts';
import { formatBytes } from '../../shared/format-bytes.ts';
import { formatOf, type InfoHashes } from '../../shared/info-hash.ts';
import { formatMagnet } from '../../shared/magnet.ts';
import type { Metainfo } from '../../shared/metainfo.ts';
import { type ParsedMagnet, parseMagnet } from '../../shared/parse-magnet.ts';
import { describeRefusal } from '../../shared/result.ts';
import { infoHashesOf } from '../hashing/info-hashes.ts';
import { drawTree } from './draw-tree.ts';
import { printable } from './format.ts';
import { type InspectedTorrent, readTorrent, UnreadableTorrent } from './read-torrent.ts';

const HELP = `
Reads any .torrent as far as sense can be made of it, and lists what keeps it from being published.

Examples:
  $ evertorrent show album.torrent
  $ evertorrent show 'magnet:?xt=urn:btih:…'
  $ curl -s https://example.org/album.torrent | evertorrent show - --json

Exit codes: 0 shown, 1 cannot be read, 2 wrong usage.
`;

/** `evertorrent show <torrent|magnet>`: what it is, for a person or for a script. */
export function showCommand(): Command {
  return new Command('show')
    .description('Show what a .torrent or a magnet link says.')
    .argument('<torrent>', 'a .torrent file, "-" for stdin, or a magnet link')
    .option('--json', 'print everything as one JSON object')
    .addHelpText('after', HELP)
    .action(async (source: string, options: { readonly json?: boolean }) => {
      const isJson = options.json === true;
      process.stdout.write(`${await show(source, isJson)}\n`);
    });
}

async function show(source: string, isJson: boolean): Promise<string> {
  if (/^magnet:/i.test(source)) {
    const magnet = parseMagnet(source);
    if (!magnet.ok) {
      throw new UnreadableTorrent(
        `Cannot read the magnet link: ${describeRefusal(magnet.refusal)}`,
      );
    }
    return isJson ? JSON.stringify(describeMagnet(magnet.value)) : magnetText(magnet.value);
  }
  const torrent = await readTorrent(source);
  return isJson ? JSON.stringify(describeTorrent(torrent)) : torrentText(torrent);
}

function describeMagnet(magnet: ParsedMagnet): object {
  const { hashes, name, selectedFiles, ...rest } = magnet;
  return {
    type: 'magnet',
    format: formatOf(hashes),
    infoHash: hashes.v1 ?? null,
    infoHashV2: hashes.v2 ?? null,
    name: name ?? null,
    ...rest,
    selectedFiles: selectedFiles ?? null,
  };
}

function magnetText({ hashes, name, ...magnet }: ParsedMagnet): string {
  return [
    name === undefined ? 'A magnet link' : printable(name),
    ...hashLines(hashes),
    ...list('trackers', magnet.trackers),
    ...list('web seeds', magnet.webSeeds),
    ...list('.torrent', magnet.torrentUrls),
    ...list('peers', magnet.peers),
    ...list(
      'files',
      (magnet.selectedFiles ?? []).map(({ first, last }) =>
        first === last ? `only number ${first}` : `only numbers ${first} to ${last}`,
      ),
    ),
  ].join('\n');
}

function describeTorrent({ metainfo, defects }: InspectedTorrent): object {
  const { info, infoBytes } = metainfo;
  const hashes = infoHashesOf(infoBytes, info.format);
  return {
    type: 'torrent',
    format: info.format,
    infoHash: hashes.v1 ?? null,
    infoHashV2: hashes.v2 ?? null,
    name: info.name,
    isFolder: info.isFolder,
    size: info.sizeBytes,
    pieceLength: info.pieceLengthBytes,
    pieces: pieceCount(metainfo),
    private: info.isPrivate,
    source: info.source ?? null,
    trackers: metainfo.trackers,
    webSeeds: metainfo.webSeeds,
    comment: metainfo.comment ?? null,
    createdBy: metainfo.createdBy ?? null,
    createdAt: createdAt(metainfo) ?? null,
    magnet: magnetOf(metainfo, hashes),
    files: info.files.map((file) => ({
      path: file.path.length === 0 ? [info.name] : file.path,
      length: file.lengthBytes,
      offset: file.offsetBytes,
      ...(file.piecesRoot === undefined ? {} : { piecesRoot: toHex(file.piecesRoot) }),
    })),
    pieceHashes: info.pieceHashes === undefined ? null : toHex(info.pieceHashes),
    pieceLayers:
      metainfo.pieceLayers === undefined
        ? null
        : Object.fromEntries(
            [...metainfo.pieceLayers].map(([root, layer]) => [root, toHex(layer)]),
          ),
    defects,
  };
}

function torrentText({ metainfo, defects }: InspectedTorrent): string {
  const { info, infoBytes } = metainfo;
  const hashes = infoHashesOf(infoBytes, info.format);
  const count = pieceCount(metainfo);
  const padding = info.extentBytes - info.sizeBytes;
  const files = info.files.length === 1 ? '1 file' : `${info.files.length} files`;
  return [
    printable(info.name),
    row('format', info.isPrivate ? `${info.format}, private` : info.format),
    ...hashLines(hashes),
    row('size', `${formatBytes(info.sizeBytes)} (${info.sizeBytes} bytes) in ${files}`),
    row('pieces', `${count} × ${formatPieceLength(info.pieceLengthBytes)}`),
    ...(padding === 0 ? [] : [row('padding', formatBytes(padding))]),
    ...optional('source', info.source),
    ...optional('comment', metainfo.comment),
    ...optional('created by', metainfo.createdBy),
    ...optional('created', createdAt(metainfo)),
    ...list(
      'trackers',
      metainfo.trackers.map((tier) => tier.join('  ')),
    ),
    ...list('web seeds', metainfo.webSeeds),
    row('magnet', magnetOf(metainfo, hashes)),
    ...list('defects', defects),
    '',
    ...drawTree(
      info.files.map(({ path, lengthBytes }) => ({
        path: [info.name, ...path].map(printable),
        note: formatBytes(lengthBytes),
      })),
    ),
  ].join('\n');
}

function magnetOf({ info, trackers }: Metainfo, hashes: InfoHashes): string {
  return formatMagnet({ hashes, name: info.name.toWellFormed(), trackers: trackers.flat() });
}

function pieceCount({ info }: Metainfo): number {
  return Math.ceil(info.extentBytes / info.pieceLengthBytes);
}

function formatPieceLength(bytes: number): string {
  return bytes % 1024 === 0 ? `${bytes / 1024} KiB` : `${bytes} bytes`;
}

/** ISO 8601; undefined where there is none, or no calendar has it. */
function createdAt({ createdAtSeconds }: Metainfo): string | undefined {
  if (createdAtSeconds === undefined) return undefined;
  const date = new Date(createdAtSeconds * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function hashLines({ v1, v2 }: InfoHashes): string[] {
  return [...optional('v1', v1), ...optional('v2', v2)];
}

function optional(label: string, value: string | undefined): string[] {
  return value === undefined ? [] : [row(label, value)];
}

function list(label: string, values: readonly string[]): string[] {
  return values.map((value, index) => row(index === 0 ? label : '', value));
}

function row(label: string, value: string): string {
  return `  ${label.padEnd(11)}${printable(value)}`;
}
