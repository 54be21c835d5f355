/**
 * What PostgreSQL reads as one piece (its manual, chapter 4.1): comments, strings with and without escapes, quoted
 * names, the opening of a dollar-quoted text, words, so that the `e` of `date'…'` opens nothing, and the end of a statement.
 */
const PIECE =
  /(?<comment>--[^\n]*)|(?<block>\/\*)|"[^"]*(?:""[^"]*)*"|e'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'|'[^']*(?:''[^']*)*'|(?<open>e'|['"])|(?<dollar>\$(?:[a-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$)|(?<end>;)|[a-z_\u0080-\uffff][\w$\u0080-\uffff]*|\s+|\d+|./gisuy;

/**
 * Splits SQL into statements at the `;` that end one, not those in texts, names, comments or function bodies.
 * A body has to be quoted with dollars; `begin atomic` is not known. Comments outside of texts are left out.
 * @throws {Error} for a text, name or comment that is not closed.
 */
export function splitStatements(sql: string): string[] {
  const statements: string[] = [];
  let statement = '';
  const piece = new RegExp(PIECE);
  for (let match = piece.exec(sql); match !== null; match = piece.exec(sql)) {
    const [text] = match;
    const { comment, block, open, dollar, end } = match.groups ?? {};
    if (end !== undefined) {
      statements.push(statement);
      statement = '';
    } else if (block !== undefined) {
      piece.lastIndex = endOfComment(sql, match.index);
      statement += ' ';
    } else if (dollar !== undefined) {
      const close = sql.indexOf(dollar, piece.lastIndex);
      if (close < 0) throw unclosed(sql, match.index);
      piece.lastIndex = close + dollar.length;
      statement += sql.slice(match.index, piece.lastIndex);
    } else if (open !== undefined) {
      throw unclosed(sql, match.index);
    } else if (comment === undefined) {
      statement += text;
    }
  }
  return [...statements, statement].map((one) => one.trim()).filter((one) => one !== '');
}

/** Comments of this kind may hold each other. */
function endOfComment(sql: string, start: number): number {
  let depth = 0;
  const edge = /\/\*|\*\//g;
  edge.lastIndex = start;
  for (let match = edge.exec(sql); match !== null; match = edge.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  throw unclosed(sql, start);
}

function unclosed(sql: string, start: number): Error {
  const line = sql.slice(0, start).split('\n').length;
  return new Error(`line ${line}: what begins here is not closed: ${sql.slice(start, start + 40).trim()}`);
}
