/** A file, and where it goes below the publication's folder. */
export interface ChosenFile {
  readonly path: readonly string[];
  readonly file: File;
}

/** What is to be published: one file under its own name, or a folder. */
export interface Chosen {
  /** Undefined for loose files, which have no folder that gives them one. */
  readonly name: string | undefined;
  readonly files: readonly ChosenFile[];
  readonly sizeBytes: number;
}

/** What a file input holds; `webkitRelativePath` is set where a folder was chosen. */
export function chosenFrom(list: Iterable<File>): Chosen {
  return arrange(
    Array.from(list, (file) => ({
      path: file.webkitRelativePath === '' ? [file.name] : file.webkitRelativePath.split('/'),
      file,
    })),
  );
}

/** What was dropped, folders with all that is in them. */
export async function droppedFrom(transfer: DataTransfer): Promise<Chosen> {
  // The list is empty again after the first wait.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const lists = await Promise.all(
    entries.map(async (entry) => (entry === null ? [] : walk(entry, []))),
  );
  return arrange(lists.flat());
}

/** Systems leave these behind; nobody wants them. */
const JUNK = /^(?:\.DS_Store|Thumbs\.db|desktop\.ini|\._.*)$/i;

/** A folder that holds everything is the publication itself; a file alone has no folder. */
function arrange(all: readonly ChosenFile[]): Chosen {
  const files = all.filter(({ path }) => !JUNK.test(path.at(-1) ?? ''));
  const sizeBytes = files.reduce((sum, { file }) => sum + file.size, 0);
  const [first] = files;
  const top = first?.path[0];
  if (first !== undefined && files.length === 1 && first.path.length === 1) {
    return { name: top, files: [{ path: [], file: first.file }], sizeBytes };
  }
  const isOneFolder = files.every(({ path }) => path.length > 1 && path[0] === top);
  if (!isOneFolder) return { name: undefined, files, sizeBytes };
  return {
    name: top,
    files: files.map(({ path, file }) => ({ path: path.slice(1), file })),
    sizeBytes,
  };
}

async function walk(entry: FileSystemEntry, above: readonly string[]): Promise<ChosenFile[]> {
  const path = [...above, entry.name];
  if (isFileEntry(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path, file }];
  }
  if (!isFolderEntry(entry)) return [];
  const reader = entry.createReader();
  const found: ChosenFile[] = [];
  for (;;) {
    // A folder is told a hundred entries at a time.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return found;
    for (const inner of entries) found.push(...(await walk(inner, path)));
  }
}

function isFileEntry(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function isFolderEntry(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}
