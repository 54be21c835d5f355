import type { AlertMessage, Severity } from '../alerting/alert.ts';
import { cutText } from './cut-text.ts';
import { type Message, messageOf } from './message.ts';
import type { PagerDutyReceiver } from './receiver.ts';
import type { Delivery, HttpRequest } from './translation.ts';

/** PagerDuty, "Send an Alert Event": summary up to 1,024 characters. */
const MAX_SUMMARY = 1024;
/** No limit is published for these; long ones are unreadable in the list of incidents. */
const MAX_NAME = 255;
/** An event may have 512 KB; taken as thousands to be on the safe side, as Alertmanager does. */
const MAX_BYTES = 512_000;
const MAX_DETAIL = 4_000;
const MAX_DETAILS = 100;

const SEVERITY: Readonly<Record<Severity, 'critical' | 'error' | 'warning' | 'info'>> = {
  critical: 'critical',
  error: 'error',
  warning: 'warning',
  info: 'info',
};

/** Translates a delivery for the Events API v2: a trigger while firing, a resolve under the same key after. */
export function pagerDutyRequest(receiver: PagerDutyReceiver, delivery: Delivery): HttpRequest {
  const event = { routing_key: receiver.routingKey, dedup_key: delivery.dedupKey };
  return {
    url: receiver.url,
    headers: { 'content-type': 'application/json' },
    body:
      delivery.message.kind === 'resolved'
        ? JSON.stringify({ ...event, event_action: 'resolve' })
        : triggerBody(event, delivery.message),
  };
}

function triggerBody(event: object, alert: AlertMessage): string {
  const message = messageOf(alert);
  const page = message.links.find(({ to }) => to === 'alert');
  const name = (text: string) => cutText(text, MAX_NAME);
  const around = (details: object) =>
    JSON.stringify({
      ...event,
      event_action: 'trigger',
      client: 'Tidemark',
      ...(page === undefined ? {} : { client_url: page.url }),
      links: message.links.map(({ text, url }) => ({ href: url, text })),
      payload: {
        summary: cutText(message.title, MAX_SUMMARY),
        source: name(`${alert.model} ${alert.version}`),
        severity: SEVERITY[alert.severity],
        timestamp: new Date(alert.firedAt).toISOString(),
        component: name([alert.labels.stage, alert.labels.field].filter((part) => part).join('/') || alert.model),
        group: name(alert.model),
        class: name(alert.measure),
        custom_details: details,
      },
    });
  const facts = Object.fromEntries(message.facts.map((fact) => [fact.name, detail(fact.value)]));
  const body = around({ ...facts, ...detailsOf(message, alert) });
  return Buffer.byteLength(body) <= MAX_BYTES ? body : around({ ...facts, Omitted: 'Details were too long to send.' });
}

function detailsOf(message: Message, alert: AlertMessage): object {
  const labels = Object.entries(alert.labels).slice(0, MAX_DETAILS);
  return {
    'What happened': message.lines.map(detail),
    ...(message.evidence.length > 0 ? { 'What moved': message.evidence.slice(0, MAX_DETAILS).map(detail) } : {}),
    Labels: Object.fromEntries(labels.map(([label, value]) => [detail(label), detail(value)])),
  };
}

function detail(text: string): string {
  return cutText(text, MAX_DETAIL);
}
