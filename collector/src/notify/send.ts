import { type PostOptions, post } from './http.ts';
import type { Outcome } from './outcome.ts';
import { pagerDutyRequest } from './pagerduty.ts';
import type { Receiver } from './receiver.ts';
import { redact } from './redact.ts';
import { slackRequest } from './slack.ts';
import type { Delivery, HttpRequest } from './translation.ts';
import { webhookRequest } from './webhook.ts';

/** Tells one receiver of one alert and says how that ended; never throws. */
export type Send = (receiver: Receiver, delivery: Delivery, options: PostOptions) => Promise<Outcome>;

/** Translate, then post. What cannot be translated is tried again, since a newer program may be able to. */
export const send: Send = async (receiver, delivery, options) => {
  let request: HttpRequest;
  try {
    request = translate(receiver, delivery, options.now);
  } catch (error) {
    return { kind: 'retry', cause: redact(`could not be put into a request: ${(error as Error).message}`, receiver) };
  }
  return post(receiver, request, options);
};

/** The request that tells `receiver` of `delivery`; `now` (ms) is the time of this attempt. */
export function translate(receiver: Receiver, delivery: Delivery, now: number): HttpRequest {
  switch (receiver.kind) {
    case 'slack':
      return slackRequest(receiver, delivery);
    case 'pagerduty':
      return pagerDutyRequest(receiver, delivery);
    case 'webhook':
      return webhookRequest(receiver, delivery, now);
  }
}
