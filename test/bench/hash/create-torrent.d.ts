declare module 'create-torrent' {
  export default function createTorrent(
    input: string,
    options: { pieceLength: number; announceList: string[][] },
    done: (error: Error | null, torrent: Uint8Array) => void,
  ): void;
}
