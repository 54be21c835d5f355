import type { AlertMessage } from '../alerting/alert.ts';
import { cutText, utf8Length } from './cut-text.ts';
import { messageOf } from './message.ts';
import type { WebhookReceiver } from './receiver.ts';
import type { Delivery, HttpRequest } from './translation.ts';
import { webhookKey, webhookSignature } from './webhook-signature.ts';

/** Standard Webhooks advises bodies below 20 kB. */
const MAX_BYTES = 20_000;
/** Of one text, in UTF-8 bytes, where a body is longer than that. */
const MAX_TEXT_BYTES = 200;
const MAX_ENTRIES = 10;

/**
 * Translates a delivery into a request signed as Standard Webhooks 1.0 describes. `now` is the
 * time of this attempt in ms. The id and the body are the same on every attempt, so a receiver
 * that has seen the id can ignore a repetition. Throws where no secret can be read.
 */
export function webhookRequest(receiver: WebhookReceiver, delivery: Delivery, now: number): HttpRequest {
  const keys = receiver.secrets.map(webhookKey).filter((key) => key !== null);
  if (keys.length === 0) throw new Error('no secret of the receiver can be read');
  const id = `msg_${delivery.dedupKey}_${delivery.id}`;
  const seconds = Math.floor(now / 1000);
  const body = webhookBody(delivery);
  return {
    url: receiver.url,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(seconds),
      'webhook-signature': webhookSignature(keys, id, seconds, body),
    },
    body,
  };
}

function webhookBody({ message, dedupKey }: Delivery): string {
  const whole = around(message, dedupKey);
  return Buffer.byteLength(whole) <= MAX_BYTES ? whole : around(shortened(message), dedupKey);
}

function around(alert: AlertMessage, key: string): string {
  const { title, lines } = messageOf(alert);
  return JSON.stringify({
    type: `alert.${alert.kind}`,
    timestamp: iso(alert.resolvedAt ?? alert.firedAt),
    data: {
      dedupKey: key,
      title,
      lines,
      ...alert,
      value: Number.isFinite(alert.value) ? alert.value : null,
      activeAt: iso(alert.activeAt),
      firedAt: iso(alert.firedAt),
      resolvedAt: alert.resolvedAt === null ? null : iso(alert.resolvedAt),
      spanFrom: iso(alert.spanFrom),
      spanTo: iso(alert.spanTo),
    },
  });
}

/** Every text cut, every list shortened: what is left is below the limit whatever came in. */
function shortened(alert: AlertMessage): AlertMessage {
  const cut = (text: string) => cutText(text, MAX_TEXT_BYTES, jsonLength);
  const entries = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(record)
        .slice(0, MAX_ENTRIES)
        .map(([name, text]) => [cut(name), cut(text)]),
    );
  const isShort = alert.url === null || Buffer.byteLength(alert.url) <= 5 * MAX_TEXT_BYTES;
  return {
    ...alert,
    labels: entries(alert.labels),
    annotations: entries(alert.annotations),
    evidence: alert.evidence.slice(0, MAX_ENTRIES).map(cut),
    alertname: cut(alert.alertname),
    group: cut(alert.group),
    model: cut(alert.model),
    version: cut(alert.version),
    measure: cut(alert.measure),
    threshold: cut(alert.threshold),
    baseline: alert.baseline === null ? null : cut(alert.baseline),
    url: isShort ? alert.url : null,
  };
}

/** Bytes of a code point inside a JSON string, where a control character takes six. */
function jsonLength(codePoint: string): number {
  return codePoint < ' ' || codePoint === '"' || codePoint === '\\'
    ? JSON.stringify(codePoint).length - 2
    : utf8Length(codePoint);
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
