/** Finds the parts of the page that scripts fill: the page and they agree on `data-part`. */
export function findPart<T extends HTMLElement>(name: string, type: new () => T): T | undefined {
  const found = document.querySelector(`[data-part="${name}"]`);
  return found instanceof type ? found : undefined;
}

/** A part without which nothing works: the page was rendered by another version. */
export function part<T extends HTMLElement>(name: string, type: new () => T): T {
  const found = findPart(name, type);
  if (found === undefined) throw new Error(`the page has no ${name}`);
  return found;
}
