/** A text to copy, with a button for it that shows where scripts run. */
export function CopyLine({
  text,
  what,
  isLong = false,
}: {
  readonly text: string;
  readonly what: string;
  /** It may have to be scrolled, by keyboard too. */
  readonly isLong?: boolean;
}) {
  return (
    <div class="code-line">
      <code dir="ltr" {...(isLong ? { tabindex: 0 } : {})}>
        {text}
      </code>
      <button type="button" class="button small" data-copy hidden>
        Copy<span class="visually-hidden"> {what}</span>
      </button>
    </div>
  );
}
