import { webhookKey } from './webhook-signature.ts';

/** Where PagerDuty takes events; European accounts have `events.eu.pagerduty.com`. */
export const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue';

type Common = {
  /** Unique among the receivers; part of every deduplication key, so renaming starts new incidents. */
  readonly name: string;
  /** Absolute http or https address; its path and query count as secret. */
  readonly url: string;
  /** Whether it may resolve to a private, loopback or otherwise not public address. */
  readonly allowPrivate: boolean;
};

/** An incoming webhook of Slack. */
export type SlackReceiver = Common & { readonly kind: 'slack' };

/** A service integration of PagerDuty (Events API v2). */
export type PagerDutyReceiver = Common & {
  readonly kind: 'pagerduty';
  /** Integration key, 32 characters. */
  readonly routingKey: string;
};

/** Any HTTP endpoint; requests are signed as Standard Webhooks describes. */
export type WebhookReceiver = Common & {
  readonly kind: 'webhook';
  /** `whsec_` and base64, newest first; while a secret is being changed, requests carry a signature by each. */
  readonly secrets: readonly string[];
};

/** Somebody who is told of alerts. */
export type Receiver = SlackReceiver | PagerDutyReceiver | WebhookReceiver;

/** What is wrong with a receiver, in words that quote no secret; empty where nothing is. */
export function receiverMistakes(receiver: Receiver): string[] {
  const mistakes = urlMistakes(receiver.url);
  if (receiver.name === '') mistakes.push('name must not be empty');
  if (receiver.kind === 'pagerduty' && !/^[A-Za-z0-9]{32}$/.test(receiver.routingKey)) {
    mistakes.push('routing key must be 32 letters and digits (the integration key of an Events API v2 integration)');
  }
  if (receiver.kind === 'webhook') {
    if (receiver.secrets.length === 0) mistakes.push('secrets must hold at least one secret');
    receiver.secrets.forEach((secret, index) => {
      if (webhookKey(secret) === null) {
        mistakes.push(`secret ${index + 1} must be whsec_ followed by 24 to 64 bytes in base64`);
      }
    });
  }
  return mistakes;
}

function urlMistakes(url: string): string[] {
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')) {
    return ['url must be an absolute http or https address'];
  }
  if (parsed.username !== '' || parsed.password !== '') return ['url must not carry a user name or password'];
  return [];
}
