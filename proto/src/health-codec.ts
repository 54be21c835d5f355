import { create } from '@bufbuild/protobuf';
import { checkNumber, toCount, toTime } from './checks.ts';
import { type AgentHealth as AgentHealthMessage, AgentHealthSchema } from './gen/tidemark/v1/batch_pb.ts';

/** What an agent says of itself, in the units of `AgentHealth`. */
export type PlainHealth = {
  readonly captured: number;
  readonly sent: number;
  readonly pending: number;
  readonly dropped: number;
  readonly cpuMs: number;
  readonly bytesSent: number;
  readonly queueBytes: number;
  readonly queueBatches: number;
  readonly eventLoopDelayP99Ms: number;
  readonly clockSkewMs: number;
};

const COUNTS = ['captured', 'sent', 'pending', 'dropped', 'bytesSent', 'queueBytes'] as const;

/** Packs what an agent says of itself; counts are whole numbers. */
export function encodeHealth(health: PlainHealth): AgentHealthMessage {
  const message = create(AgentHealthSchema, {
    cpuMs: health.cpuMs,
    queueBatches: health.queueBatches,
    eventLoopDelayP99Ms: health.eventLoopDelayP99Ms,
    clockSkewMs: BigInt(Math.round(health.clockSkewMs)),
  });
  for (const field of COUNTS) message[field] = BigInt(health[field]);
  return message;
}

/**
 * Unpacks what an agent says of itself and checks it.
 * @throws {WireError} `malformed`.
 */
export function decodeHealth(message: AgentHealthMessage): PlainHealth {
  const { cpuMs, queueBatches, eventLoopDelayP99Ms } = message;
  checkNumber('cpu_ms', cpuMs, 0);
  checkNumber('event_loop_delay_p99_ms', eventLoopDelayP99Ms, 0);
  return {
    captured: toCount('captured', message.captured),
    sent: toCount('sent', message.sent),
    pending: toCount('pending', message.pending),
    dropped: toCount('dropped', message.dropped),
    bytesSent: toCount('bytes_sent', message.bytesSent),
    queueBytes: toCount('queue_bytes', message.queueBytes),
    clockSkewMs: toTime('clock_skew_ms', message.clockSkewMs),
    cpuMs,
    queueBatches,
    eventLoopDelayP99Ms,
  };
}
