/** The local receiver of the example, which plays Slack, PagerDuty and a signed webhook for the tests too. */
export {
  type Behaviour,
  type Channel,
  checkPagerDutyPayload,
  checkSlackPayload,
  checkWebhookRequest,
  type LocalReceiver,
  type Received,
  type ReceiverOptions,
  startReceiver,
} from '../../examples/flight-delay/src/receiver.ts';
