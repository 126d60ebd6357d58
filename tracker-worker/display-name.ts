/**
 * Control characters, and those that reorder the text around them: `photo<U+202E>gpj.exe` would read as
 * `photoexe.jpg`.
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it is for
const DECEIVING = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A publisher's name as a person may be shown it: what deceives the eye is made visible. */
export function displayName(name: string): string {
  return name.replace(DECEIVING, '\ufffd');
}
