import type { Receiver } from './receiver.ts';

/** How one attempt to tell a receiver ended. */
export type DeliveryReport = {
  /** `unknown`: no receiver of that name is configured. */
  readonly channel: Receiver['kind'] | 'unknown';
  /** `given_up`: it failed, and there will be no other attempt. */
  readonly outcome: 'sent' | 'retry' | 'refused' | 'given_up';
  /** Attempts so far, this one included. */
  readonly attempt: number;
  readonly durationMs: number;
  /** Since the change of the alert was stored, ms. */
  readonly delayMs: number;
};

/** Told of every attempt. It must not throw. */
export type DeliveryObserver = (report: DeliveryReport) => void;
