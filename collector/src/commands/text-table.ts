/** Between two columns of text. */
const GAP = '  ';

/**
 * A table as lines of at most `width` characters where that is possible: the first column is names, to the left, the others
 * are figures, to the right. Columns that do not fit go into further blocks below, each with the names in front.
 */
export function textTable(header: readonly string[], rows: readonly (readonly string[])[], width: number): string[] {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const blocks = blocksOf(widths, width);
  const lines = blocks.map((block) =>
    [header, ...rows].map((row) =>
      [0, ...block]
        .map((i) => padded(row[i] ?? '', widths[i]!, i))
        .join(GAP)
        .trimEnd(),
    ),
  );
  return lines.flatMap((block, i) => (i === 0 ? block : ['', ...block]));
}

/** The columns of each block, the first one aside, which stands in all. */
function blocksOf(widths: readonly number[], width: number): number[][] {
  const blocks: number[][] = [];
  let room = 0;
  for (let i = 1; i < widths.length; i++) {
    const needed = GAP.length + widths[i]!;
    if (blocks.length === 0 || needed > room) {
      blocks.push([]);
      room = width - widths[0]!;
    }
    blocks.at(-1)!.push(i);
    room -= needed;
  }
  return blocks;
}

function padded(cell: string, width: number, column: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}
