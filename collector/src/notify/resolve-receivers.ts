import { PAGERDUTY_URL, type Receiver, receiverMistakes } from './receiver.ts';

/** A secret as it stands in a rule file, or the name of the environment variable that holds it. */
type Secret = { readonly kind: 'plain'; readonly value: string } | { readonly kind: 'env'; readonly name: string };

type Named = { readonly name: string; readonly allowPrivate: boolean };

/** A receiver as a rule file declares it. A `url` of null means the public address of PagerDuty. */
export type DeclaredReceiver =
  | (Named & { readonly kind: 'slack'; readonly url: Secret })
  | (Named & { readonly kind: 'pagerduty'; readonly routingKey: Secret; readonly url: Secret | null })
  | (Named & { readonly kind: 'webhook'; readonly url: Secret; readonly secrets: readonly Secret[] });

/**
 * Fills in what receivers keep in the environment. Every mistake is told, by the name of the
 * receiver and without a secret; a receiver that has one is left out.
 */
export function resolveReceivers(
  declared: readonly DeclaredReceiver[],
  environment: Readonly<Record<string, string | undefined>>,
): { receivers: Map<string, Receiver>; mistakes: string[] } {
  const receivers = new Map<string, Receiver>();
  const mistakes: string[] = [];
  for (const one of declared) {
    const missing: string[] = [];
    const reveal = (secret: Secret): string => {
      const value = secret.kind === 'plain' ? secret.value : environment[secret.name];
      if (secret.kind === 'env' && !value) missing.push(`the environment variable ${secret.name} is not set`);
      return value ?? '';
    };
    const receiver = resolved(one, reveal);
    const wrong = missing.length > 0 ? missing : receiverMistakes(receiver);
    if (wrong.length === 0) receivers.set(receiver.name, receiver);
    mistakes.push(...wrong.map((mistake) => `receiver ${one.name}: ${mistake}`));
  }
  return { receivers, mistakes };
}

function resolved(declared: DeclaredReceiver, reveal: (secret: Secret) => string): Receiver {
  const { name, allowPrivate } = declared;
  switch (declared.kind) {
    case 'slack':
      return { kind: 'slack', name, allowPrivate, url: reveal(declared.url) };
    case 'pagerduty': {
      const url = declared.url === null ? PAGERDUTY_URL : reveal(declared.url);
      return { kind: 'pagerduty', name, allowPrivate, url, routingKey: reveal(declared.routingKey) };
    }
    case 'webhook':
      return { kind: 'webhook', name, allowPrivate, url: reveal(declared.url), secrets: declared.secrets.map(reveal) };
  }
}
