/** What the page asks of the worker that holds a file; each is answered once, with the same `id`. */
export type DiskRequest =
  | { readonly id: number; readonly type: 'open'; readonly name: string }
  | {
      readonly id: number;
      readonly type: 'write';
      readonly offsetBytes: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly id: number;
      readonly type: 'read';
      readonly offsetBytes: number;
      readonly lengthBytes: number;
    }
  | { readonly id: number; readonly type: 'close' };

/** `errorName` is a DOMException's. */
export type DiskAnswer =
  | { readonly id: number; readonly isOk: true; readonly bytes?: Uint8Array<ArrayBuffer> }
  | {
      readonly id: number;
      readonly isOk: false;
      readonly errorName: string;
      readonly message: string;
    };

/** Where downloads lie in the origin-private file system: one file each, called by its info-hash. */
export const DOWNLOADS_FOLDER = 'downloads';
