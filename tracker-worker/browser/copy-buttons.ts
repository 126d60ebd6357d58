const SAID_MS = 2000;

/** Shows the buttons that copy the text beside them, where the browser has a clipboard for pages. */
export function showCopyButtons(): void {
  // In pages over plain HTTP there is none.
  if (!globalThis.isSecureContext) return;
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    const text = button.parentElement?.querySelector('code')?.textContent ?? '';
    const label = Array.from(button.childNodes);
    button.hidden = false;
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(text).then(
        () => say(button, 'Copied', label),
        () => say(button, 'Not copied: select it', label),
      );
    });
  }
}

function say(button: HTMLButtonElement, word: string, label: readonly Node[]): void {
  // Read out where it is, without taking the focus away.
  button.setAttribute('aria-live', 'polite');
  button.replaceChildren(word);
  setTimeout(() => button.replaceChildren(...label), SAID_MS);
}
