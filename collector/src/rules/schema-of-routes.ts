import Type from 'typebox';
import { closed, optional, text, texts } from './schema-words.ts';

const fromEnvironment = Type.Object(
  { env: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]*$', expected: 'the name of an environment variable' }) },
  closed,
);
/** `hidden` keeps the value out of messages. */
const secret = (pattern: string, expected: string) =>
  Type.Union([Type.String({ pattern, expected, hidden: true }), fromEnvironment]);
export const address = secret('^https?://\\S+$', 'an http or https address, or {env: NAME}');
const routingKey = secret('^[A-Za-z0-9]{32}$', '32 letters and digits, or {env: NAME}');
const webhookSecret = secret('^whsec_[A-Za-z0-9+/]+={0,2}$', 'whsec_ and 24 to 64 bytes in base64, or {env: NAME}');

export const receiver = Type.Object(
  {
    name: text('Unique name, used by routes.'),
    slack: optional(Type.Object({ url: address }, { ...closed, description: 'Incoming webhook.' })),
    pagerduty: optional(
      Type.Object({ routing_key: routingKey, url: optional(address) }, { ...closed, description: 'Events API v2.' }),
    ),
    webhook: optional(
      Type.Object(
        { url: address, secret: webhookSecret, old_secret: optional(webhookSecret) },
        {
          ...closed,
          description: 'JSON, signed as Standard Webhooks describes, by the old secret too while it is being changed.',
        },
      ),
    ),
    allow_private: optional(
      Type.Boolean({ description: 'Whether the address may be a private or loopback one; false by default.' }),
    ),
  },
  closed,
);

export const routeKeys = {
  receiver: optional(text('Name of one receiver.')),
  receivers: optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1, description: 'Names of several.' })),
};
const matchers = texts('Labels and the values they must have.', { minProperties: 1 });
const leafRoute = Type.Object({ matchers, ...routeKeys }, closed);
export const innerRoute = Type.Object({ matchers, ...routeKeys, routes: optional(Type.Array(leafRoute)) }, closed);
