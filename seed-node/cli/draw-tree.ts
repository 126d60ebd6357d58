/** One name in a tree with what it holds; a file holds nothing. */
interface Branch {
  readonly name: string;
  readonly note: string;
  readonly branches: Map<string, Branch>;
}

/** A path with what is said behind it. */
export interface TreeEntry {
  readonly path: readonly string[];
  readonly note: string;
}

/** Draws paths as a tree, one line a folder or file, in the order in which they come. */
export function drawTree(entries: readonly TreeEntry[]): string[] {
  const root: Branch = { name: '', note: '', branches: new Map() };
  for (const { path, note } of entries) {
    let branch = root;
    for (const [depth, name] of path.entries()) {
      const isLast = depth === path.length - 1;
      const next = branch.branches.get(name) ?? {
        name,
        note: isLast ? note : '',
        branches: new Map(),
      };
      branch.branches.set(name, next);
      branch = next;
    }
  }
  const lines: string[] = [];
  draw(root, '', lines);
  return lines;
}

function draw(parent: Branch, indent: string, lines: string[]): void {
  const branches = [...parent.branches.values()];
  for (const [index, branch] of branches.entries()) {
    const isLast = index === branches.length - 1;
    const note = branch.note === '' ? '' : `  ${branch.note}`;
    lines.push(`${indent}${isLast ? '└─ ' : '├─ '}${branch.name}${note}`);
    draw(branch, indent + (isLast ? '   ' : '│  '), lines);
  }
}
