import { cardNumbers, type Span } from './card-number.ts';
import { cutText, keptUnits } from './cut-text.ts';

/** What stands in the place of a value that must not leave the process. */
export const REDACTED = '[redacted]';

/** One kind of secret that is recognised by its looks; `why` says why it is on the list. */
export type SecretPattern = {
  readonly name: string;
  readonly why: string;
  readonly find: (text: string) => readonly Span[];
};

/*
 * A secret is looked for in this many UTF-16 units from the start. At most the first 256 leave, so one that begins
 * there is seen with 768 units of what follows it, more than any pattern needs to be sure; and no text is long enough
 * to make looking slow. Every run in a pattern is bounded or can begin in few places, so none is worse than linear.
 */
const LOOKED_AT = 1_024;

const NONE: readonly Span[] = [];

const matching =
  (expression: RegExp) =>
  (text: string): readonly Span[] =>
    // Nearly every text holds nothing, and to search is several times cheaper than to go through matches.
    text.search(expression) < 0
      ? NONE
      : [...text.matchAll(expression)].map(({ index, 0: match }) => ({ start: index, end: index + match.length }));

/**
 * The last net under texts that may be sent: they are what leaks from free text and copied headers. It cannot know every
 * secret; the allow-list is what protects, this is for the mistakes in it.
 */
export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    name: 'authorization',
    why: 'a bearer token or an authorization header is a login for whoever reads it (RFC 6750)',
    find: matching(
      /\b(?:bearer(?:\s|%20|\+){1,8}|authorization["']?\s{0,8}[:=]\s{0,8}["']?(?:\w{1,16}\s{1,8})?)[^\s"',;]{8,}/gi,
    ),
  },
  {
    name: 'json-web-token',
    why: 'base64 of `{"`: a JWT (RFC 7519), whole or cut off, or other encoded JSON, which is as good as unread',
    find: matching(/eyJ[A-Za-z0-9_+/=-]{17,}(?:\.[A-Za-z0-9_-]*){0,4}/g),
  },
  {
    name: 'aws-key-id',
    why: 'names an AWS account, and the secret half is seldom far',
    find: matching(/(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16,}/g),
  },
  {
    name: 'private-key',
    why: 'a PEM block of any private key (RFC 7468), up to its end or the end of the text',
    find: matching(
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z0-9 ]{0,20}-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,60}-----|$)/g,
    ),
  },
  {
    name: 'service-token',
    why: 'tokens with a prefix that their makers chose so that scanners find them: GitHub, GitLab, Slack, Stripe, npm, Google, …',
    find: matching(
      /(?<![A-Za-z0-9])(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|[rs]k_(?:live|test)_|sk-|npm_|hf_|AIza)[A-Za-z0-9_-]{16,}/g,
    ),
  },
  {
    name: 'assigned',
    why: 'a value that its own text calls a password, secret, key or token, AWS secret access keys among them',
    find: matching(
      /(?:passw(?:or)?d|secret(?:_?access_?key)?|api[_-]?key|(?:access|auth|refresh)[_-]?token)["']?\s{0,4}[:=]\s{0,4}["']?[^\s"',;&]{4,}/gi,
    ),
  },
  {
    name: 'url-password',
    why: 'connection strings carry the password between the user and the host (RFC 3986, 3.2.1)',
    find: matching(/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s/@:]{0,128}:[^\s/@]{1,256}@/gi),
  },
  { name: 'card-number', why: 'payment data, with a check digit that makes it sure', find: cardNumbers },
];

/** Off unless asked for: an address is personal, but no secret. */
export const EMAIL_PATTERN: SecretPattern = {
  name: 'e-mail',
  why: 'names a person',
  find: matching(/[\p{L}\p{N}._%+-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu),
};

const WITH_EMAILS: readonly SecretPattern[] = [...SECRET_PATTERNS, EMAIL_PATTERN];

/** Whether the beginning of a text that may leave holds a secret. @param emails whether an e-mail address is one. */
export function holdsSecret(text: string, emails: boolean): boolean {
  return secretsOf(text, emails).length > 0;
}

/** `text` as it may leave: cut to 256 bytes of UTF-8, well-formed, secrets replaced by REDACTED. A copy. */
export function hideSecrets(text: string, emails: boolean): string {
  const spans = secretsOf(text, emails);
  if (spans.length === 0) return cutText(text);
  // What is left of a secret must not move into the cut because one before it became shorter.
  const end = keptUnits(text);
  let shown = '';
  let at = 0;
  for (const span of spans) {
    if (span.start >= at) shown += text.slice(at, span.start) + REDACTED;
    at = Math.max(at, span.end);
  }
  return cutText(at < end ? shown + text.slice(at, end) : shown);
}

/** Secrets in the beginning of `text`, by where they begin. */
function secretsOf(text: string, emails: boolean): Span[] {
  const head = text.length > LOOKED_AT ? text.slice(0, LOOKED_AT) : text;
  const patterns = emails ? WITH_EMAILS : SECRET_PATTERNS;
  return patterns.flatMap(({ find }) => find(head)).sort((a, b) => a.start - b.start);
}
