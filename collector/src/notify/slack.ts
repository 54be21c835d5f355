import { cutText } from './cut-text.ts';
import { messageOf } from './message.ts';
import type { SlackReceiver } from './receiver.ts';
import type { Delivery, HttpRequest } from './translation.ts';

/**
 * Slack, "Block Kit reference": header 150 characters, section text 3,000, ten fields of 2,000.
 * Slack answers `msg_blocks_too_long` near 13,000 characters of a whole message, so the body
 * stays below 10,000, counted with its JSON. The shares below add up to less than that even
 * where every character is a quote, which JSON doubles; evidence takes what is left.
 */
const MAX_BODY = 9_900;
const MAX_HEADER = 150;
const MAX_TEXT = 300;
const MAX_LINES = 1_400;
const MAX_FACT = 110;
const MAX_EVIDENCE_LINE = 600;
const MAX_EVIDENCE = 2_900;
/** A link cut short leads nowhere; one that is longer is left out. */
const MAX_URL = 700;

type TextObject = { type: 'plain_text'; text: string; emoji: false } | { type: 'mrkdwn'; text: string; verbatim: true };
type Block = { type: 'header' | 'section'; text?: TextObject; fields?: TextObject[] };

/**
 * Translates a delivery for an incoming webhook of Slack. Free text goes out as plain text, in
 * which `*`, `_` and `:` mean nothing; only names and links are marked up.
 */
export function slackRequest(receiver: SlackReceiver, delivery: Delivery): HttpRequest {
  const { title, lines, facts, evidence, links } = messageOf(delivery.message);
  const fields = facts.map(({ name, value }) => marked(`*${name}*\n${escaped(value, MAX_FACT)}`));
  const ways = links.filter(({ url }) => linkTarget(url).length <= MAX_URL);
  const around = (findings: readonly string[]): string => {
    const blocks: Block[] = [
      { type: 'header', text: plain(title, MAX_HEADER) },
      { type: 'section', text: plain(lines.join('\n'), MAX_LINES) },
      { type: 'section', fields },
    ];
    if (findings.length > 0) {
      blocks.push({ type: 'section', text: plain(`What moved:\n${findings.join('\n')}`, MAX_EVIDENCE) });
    }
    if (ways.length > 0) {
      const text = ways.map((link) => `<${linkTarget(link.url)}|${escaped(link.text, MAX_FACT)}>`).join('   ');
      blocks.push({ type: 'section', text: marked(text) });
    }
    return JSON.stringify({ text: escaped(title, MAX_TEXT), blocks });
  };
  let findings = evidence.map((line) => `• ${cutText(line, MAX_EVIDENCE_LINE)}`);
  let body = around(findings);
  while (body.length > MAX_BODY && findings.length > 0) {
    findings = findings.slice(0, -1);
    body = around(findings);
  }
  return { url: receiver.url, headers: { 'content-type': 'application/json' }, body };
}

function plain(text: string, limit: number): TextObject {
  return { type: 'plain_text', text: escaped(text, limit), emoji: false };
}

function marked(text: string): TextObject {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Slack asks for these three characters to be escaped and no others; the limit holds for the escaped text. */
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string, limit: number): string {
  const clean = text.replace(/[^\P{Cc}\n]/gu, ' ');
  const cut = cutText(clean, limit, (codePoint) => (ENTITIES[codePoint] ?? codePoint).length);
  return cut.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}

/** A URL inside `<url|text>`: a bar would end it early, a backslash takes two characters of JSON. */
function linkTarget(url: string): string {
  return url.replace(/[|<>\\]/g, encodeURIComponent).replaceAll('&', '&amp;');
}
