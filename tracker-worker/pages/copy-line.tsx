/** A text to copy, with a button for it that shows where scripts run. */
export function CopyLine({ text, what }: { readonly text: string; readonly what: string }) {
  return (
    <div class="code-line">
      <code dir="ltr">{text}</code>
      <button type="button" class="button small" data-copy hidden>
        Copy<span class="visually-hidden"> {what}</span>
      </button>
    </div>
  );
}
