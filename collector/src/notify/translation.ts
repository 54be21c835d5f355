import type { AlertMessage } from '../alerting/alert.ts';

/** One alert on its way to one receiver, as it stands in the outbox. */
export type Delivery = {
  /** Row of the outbox; the same on every attempt. */
  readonly id: number;
  /** Name of the receiver. */
  readonly receiver: string;
  /** See dedup-key.ts. */
  readonly dedupKey: string;
  readonly message: AlertMessage;
  /** How often it has been claimed, this time included: 1 at first. */
  readonly attempt: number;
  /** When the row was written, ms of the wall clock. */
  readonly createdAt: number;
};

/** A POST that is ready to be sent. */
export type HttpRequest = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};
