import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Which of the three services a request was meant for; the paths of the server begin with it. */
export type Channel = 'slack' | 'pagerduty' | 'webhook';

/** One request as it came in. */
export type Received = {
  readonly channel: Channel;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The parsed body, or null where it is no JSON. */
  readonly body: unknown;
  /** What the service would have refused it for; empty where it is valid. */
  readonly mistakes: readonly string[];
  /** Status that was answered, or null where the connection was left hanging or reset. */
  readonly status: number | null;
  /** Ms of the wall clock. */
  readonly at: number;
};

/** What to do with the next request instead of the usual. */
export type Behaviour =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }
  | { readonly kind: 'hang' }
  | { readonly kind: 'reset' };

export type ReceiverOptions = {
  /** 0 takes any free one. */
  readonly port?: number;
  /** The `whsec_` secret that requests to the webhook have to be signed with; any of several. */
  readonly secrets?: readonly string[];
  /** Wall clock, ms. */
  readonly now?: () => number;
  readonly onReceived?: (received: Received) => void;
};

/** A running receiver. */
export type LocalReceiver = {
  readonly urls: Readonly<Record<Channel, string>>;
  readonly received: readonly Received[];
  /** Behaviour of the next requests, one each; afterwards they are answered as the services would. */
  next(...behaviours: Behaviour[]): void;
  /** Ends the server and every connection. */
  close(): Promise<void>;
};

const PATHS: Readonly<Record<Channel, string>> = {
  slack: '/slack/services/T00000000/B00000000/local-receiver-token',
  pagerduty: '/pagerduty/v2/enqueue',
  webhook: '/webhook/alerts',
};

/**
 * Plays Slack, PagerDuty and a signed webhook on 127.0.0.1. It refuses what breaks a documented
 * limit, with the reason, and keeps everything it gets.
 */
export async function startReceiver(options: ReceiverOptions = {}): Promise<LocalReceiver> {
  const received: Received[] = [];
  const planned: Behaviour[] = [];
  const { secrets = [], now = Date.now, onReceived } = options;
  const server = createServer((request, response) => {
    textOf(request).then(
      (text) => {
        const entry = judged(request, text, secrets, now(), planned.shift());
        received.push(entry.received);
        onReceived?.(entry.received);
        answer(response, entry.behaviour);
      },
      // The sender broke off; nothing was received.
      () => response.destroy(),
    );
  });
  const port = await listening(server, options.port ?? 0);
  const at = (channel: Channel) => `http://127.0.0.1:${port}${PATHS[channel]}`;
  return {
    urls: { slack: at('slack'), pagerduty: at('pagerduty'), webhook: at('webhook') },
    received,
    next: (...behaviours) => void planned.push(...behaviours),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

function judged(
  request: IncomingMessage,
  text: string,
  secrets: readonly string[],
  at: number,
  plan: Behaviour | undefined,
): { received: Received; behaviour: Behaviour } {
  const channel = (Object.keys(PATHS) as Channel[]).find((name) => request.url === PATHS[name]);
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
  const body = parsed(text);
  const mistakes = requestMistakes(request, headers);
  if (channel === undefined) mistakes.push('no such path');
  if (channel === 'slack') mistakes.push(...checkSlackPayload(body));
  if (channel === 'pagerduty') mistakes.push(...checkPagerDutyPayload(body));
  if (channel === 'webhook') mistakes.push(...checkWebhookRequest(headers, text, secrets, at));
  const behaviour = plan ?? usual(channel, body, mistakes);
  const status = behaviour.kind === 'status' ? behaviour.status : null;
  return { received: { channel: channel ?? 'webhook', headers, text, body, mistakes, status, at }, behaviour };
}

function usual(channel: Channel | undefined, body: unknown, mistakes: readonly string[]): Behaviour {
  if (channel === undefined) return { kind: 'status', status: 404, body: 'no_service' };
  if (mistakes.length > 0) {
    const text =
      channel === 'pagerduty'
        ? JSON.stringify({ status: 'invalid event', message: 'Event object is invalid', errors: mistakes })
        : mistakes.join('; ');
    return { kind: 'status', status: 400, body: text };
  }
  if (channel === 'slack') return { kind: 'status', status: 200, body: 'ok' };
  if (channel === 'webhook') return { kind: 'status', status: 204 };
  const accepted = { status: 'success', message: 'Event processed', dedup_key: record(body).dedup_key };
  return { kind: 'status', status: 202, body: JSON.stringify(accepted) };
}

function answer(response: ServerResponse, behaviour: Behaviour): void {
  if (behaviour.kind === 'reset') response.socket?.resetAndDestroy();
  if (behaviour.kind === 'status') response.writeHead(behaviour.status, behaviour.headers).end(behaviour.body);
}

function requestMistakes(request: IncomingMessage, headers: Readonly<Record<string, string>>): string[] {
  const mistakes = request.method === 'POST' ? [] : ['the method must be POST'];
  if (!headers['content-type']?.startsWith('application/json')) mistakes.push('content-type must be application/json');
  return mistakes;
}

/** Slack, "Reference: Block Kit": what an incoming webhook would refuse or cut; empty where it is fine. */
export function checkSlackPayload(body: unknown): string[] {
  const payload = record(body);
  const mistakes: string[] = [];
  if (!isText(payload.text)) mistakes.push('no_text: text must be a string that is not empty');
  else mistakes.push(...slackTextMistakes('text', payload.text, payload.text.length, 40_000));
  const size = JSON.stringify(body ?? null).length;
  if (size >= 10_000) mistakes.push(`msg_blocks_too_long: ${size} characters, must be below 10000`);
  if (payload.blocks === undefined) return mistakes;
  if (!Array.isArray(payload.blocks)) return [...mistakes, 'invalid_blocks: blocks must be a list'];
  if (payload.blocks.length > 50) mistakes.push(`invalid_blocks: ${payload.blocks.length} blocks, at most 50`);
  payload.blocks.forEach((block: unknown, index) => {
    mistakes.push(...slackBlockMistakes(record(block), `blocks[${index}]`));
  });
  return mistakes;
}

function slackBlockMistakes(block: Record<string, unknown>, where: string): string[] {
  const mistakes: string[] = [];
  if (isText(block.block_id) && block.block_id.length > 255) mistakes.push(`${where}.block_id is longer than 255`);
  if (block.type === 'header') {
    if (record(block.text).type !== 'plain_text') mistakes.push(`${where}.text of a header must be plain_text`);
    return [...mistakes, ...slackObjectMistakes(block.text, `${where}.text`, 150)];
  }
  if (block.type !== 'section') return [...mistakes, `${where}: type ${String(block.type)} is not expected here`];
  if (block.text === undefined && block.fields === undefined) mistakes.push(`${where} has neither text nor fields`);
  if (block.text !== undefined) mistakes.push(...slackObjectMistakes(block.text, `${where}.text`, 3000));
  if (block.fields === undefined) return mistakes;
  if (!Array.isArray(block.fields) || block.fields.length === 0 || block.fields.length > 10) {
    return [...mistakes, `${where}.fields must be a list of 1 to 10`];
  }
  return mistakes.concat(
    block.fields.flatMap((field: unknown, index) => slackObjectMistakes(field, `${where}.fields[${index}]`, 2000)),
  );
}

function slackObjectMistakes(value: unknown, where: string, limit: number): string[] {
  const { type, text } = record(value);
  if (type !== 'plain_text' && type !== 'mrkdwn') return [`${where}.type must be plain_text or mrkdwn`];
  if (!isText(text)) return [`${where}.text must be a string that is not empty`];
  // In marked-up text `<https://…|words>` is a link; nothing else may hold a bare angle bracket.
  const prose = type === 'mrkdwn' ? text.replace(/<https?:\/\/[^<>|\s]+\|[^<>|]*>/g, '') : text;
  return slackTextMistakes(where, prose, text.length, limit);
}

function slackTextMistakes(where: string, text: string, length: number, limit: number): string[] {
  const mistakes: string[] = [];
  if (length > limit) mistakes.push(`${where} has ${length} characters, at most ${limit}`);
  if (/[<>]|&(?!amp;|lt;|gt;)/.test(text)) mistakes.push(`${where} has an unescaped & < or >`);
  if (!text.isWellFormed()) mistakes.push(`${where} has half a character`);
  return mistakes;
}

/** PagerDuty, Events API v2: what it would answer 400 for; empty where it is fine. */
export function checkPagerDutyPayload(body: unknown): string[] {
  const event = record(body);
  const mistakes: string[] = [];
  const bytes = Buffer.byteLength(JSON.stringify(body ?? null));
  if (bytes > 512_000) mistakes.push(`the event has ${bytes} bytes, at most 512 KB`);
  if (!isText(event.routing_key) || event.routing_key.length !== 32)
    mistakes.push('routing_key must have 32 characters');
  const action = event.event_action;
  if (action !== 'trigger' && action !== 'acknowledge' && action !== 'resolve') {
    mistakes.push('event_action must be trigger, acknowledge or resolve');
  }
  if (event.dedup_key !== undefined || action !== 'trigger') {
    if (!isText(event.dedup_key) || event.dedup_key.length > 255)
      mistakes.push('dedup_key must have 1 to 255 characters');
  }
  if (action !== 'trigger') return mistakes;
  const payload = record(event.payload);
  if (!isText(payload.summary)) mistakes.push('payload.summary is missing or blank');
  else if (payload.summary.length > 1024) mistakes.push('payload.summary is longer than 1024 characters');
  else if (!payload.summary.isWellFormed()) mistakes.push('payload.summary has half a character');
  if (!isText(payload.source)) mistakes.push('payload.source is missing or blank');
  if (!['critical', 'error', 'warning', 'info'].includes(String(payload.severity))) {
    mistakes.push('payload.severity must be critical, error, warning or info');
  }
  if (payload.timestamp !== undefined && Number.isNaN(Date.parse(String(payload.timestamp)))) {
    mistakes.push('payload.timestamp must be an ISO 8601 time');
  }
  for (const link of Array.isArray(event.links) ? event.links : []) {
    if (URL.parse(String(record(link).href)) === null) mistakes.push('links[].href must be a URL');
  }
  return mistakes;
}

/** Standard Webhooks: headers, signature by any of `secrets`, at most five minutes old, a type and a time. */
export function checkWebhookRequest(
  headers: Readonly<Record<string, string>>,
  text: string,
  secrets: readonly string[],
  now: number,
): string[] {
  const id = headers['webhook-id'];
  const seconds = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature']?.split(' ') ?? [];
  if (!id || !seconds || signatures.length === 0) return ['a webhook header is missing'];
  const mistakes: string[] = [];
  if (!(Math.abs(now / 1000 - Number(seconds)) <= 300)) mistakes.push('webhook-timestamp is more than 5 minutes away');
  const expected = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return Buffer.from(`v1,${createHmac('sha256', key).update(`${id}.${seconds}.${text}`).digest('base64')}`);
  });
  const isSigned = signatures.some((given) => expected.some((right) => equal(Buffer.from(given), right)));
  if (!isSigned) mistakes.push('no signature matches');
  const { type, timestamp, data } = record(parsed(text));
  if (!isText(type) || !isText(timestamp) || data === undefined) mistakes.push('type, timestamp and data are required');
  if (Buffer.byteLength(text) > 20_000) mistakes.push('the body is longer than 20 kB');
  return mistakes;
}

function equal(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
