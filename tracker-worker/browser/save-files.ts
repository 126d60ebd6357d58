/** A file of a finished download: a part of what is on the browser's disk. */
export interface SavableFile {
  /** Below the folder of the torrent; a single file's own name. */
  readonly path: readonly string[];
  /** Read from the disk as it is used, never held in memory. */
  readonly blob: Blob;
}

/** Characters that file systems do not take; browsers refuse names with them. */
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const UNSAVABLE = /[\\/:*?"<>|\u0000-\u001f\u007f]|^\.+|[. ]+$/g;

/** The folder that a person chose; undefined where they chose none. Throws where the browser cannot ask. */
async function chooseFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  return unlessAborted(() => window.showDirectoryPicker({ mode: 'readwrite' }));
}

/** Saves one file where a person chooses, or into the browser's downloads. Whether it was saved. */
export async function saveFile({ path, blob }: SavableFile): Promise<boolean> {
  const name = savableName(path.at(-1) ?? 'file');
  if (!('showSaveFilePicker' in window)) {
    saveAsDownload(name, blob);
    return true;
  }
  const handle = await unlessAborted(() => window.showSaveFilePicker({ suggestedName: name }));
  if (handle === undefined) return false;
  await blob.stream().pipeTo(await handle.createWritable());
  return true;
}

/** Saves all files, with their folders where the browser can ask for one. Whether they were saved. */
export async function saveAll(files: Iterable<SavableFile>): Promise<boolean> {
  if (!('showDirectoryPicker' in window)) {
    for (const { path, blob } of files) saveAsDownload(savableName(path.join(' - ')), blob);
    return true;
  }
  const folder = await chooseFolder();
  if (folder === undefined) return false;
  for (const { path, blob } of files) {
    let inner = folder;
    for (const name of path.slice(0, -1)) {
      inner = await inner.getDirectoryHandle(savableName(name), { create: true });
    }
    const handle = await inner.getFileHandle(savableName(path.at(-1) ?? 'file'), { create: true });
    await blob.stream().pipeTo(await handle.createWritable());
  }
  return true;
}

function savableName(name: string): string {
  const savable = name.replace(UNSAVABLE, '_');
  return savable === '' ? '_' : savable;
}

/** The browser reads the blob after the click: the URL is kept for as long as the page lives. */
function saveAsDownload(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
}

async function unlessAborted<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return undefined;
    throw error;
  }
}
