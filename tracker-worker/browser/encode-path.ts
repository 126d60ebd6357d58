/** A path as it stands in a URL: each name percent-encoded. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}

/** The names of a path that `encodePath` encoded. */
export function decodePath(path: string): string[] {
  return path.split('/').map(decodeURIComponent);
}
