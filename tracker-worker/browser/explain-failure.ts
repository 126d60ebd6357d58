/** Says why what was asked for did not work, in words for the person in front of it. */
export function explainFailure(error: unknown): string {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const message = error instanceof Error ? error.message : String(error);
  if (name === 'QuotaExceededError') {
    return 'This browser has no room left for it. Delete something, or use the .torrent with a program that saves where you say.';
  }
  if (name === 'NoModificationAllowedError') {
    return 'It is being downloaded in another tab or window of this browser already.';
  }
  if (name === 'SecurityError' || name === 'NotAllowedError') {
    return 'This browser does not let this page store files: private windows often do not. Use the links below.';
  }
  if (!navigator.onLine) {
    return 'This device is offline. Try again when it has a connection: what is stored here already stays.';
  }
  // A script that could not be loaded fails without a word.
  return message === '' ? 'It did not work: try again.' : `It did not work: ${message}`;
}
