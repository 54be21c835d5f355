import { type Metadata, status } from '@grpc/grpc-js';
import type { Access, Grant } from '../access/access.ts';

/** Who opened a stream, or with what status it is refused. */
export type StreamAdmission =
  | { readonly kind: 'granted'; readonly grant: Grant }
  | { readonly kind: 'refused'; readonly code: status; readonly details: string };

/** Decides whether a stream may write, by its metadata. */
export async function admitWriter(metadata: Metadata, access: Access): Promise<StreamAdmission> {
  const [authorization] = metadata.get('authorization');
  const admission = await access.admit(authorization?.toString(), 'write');
  switch (admission.kind) {
    case 'granted':
      return admission;
    case 'undecided':
      // Not the sender's fault: it keeps what it has and comes again soon.
      return { kind: 'refused', code: status.UNAVAILABLE, details: admission.message };
    case 'refused': {
      const code = admission.why === 'forbidden' ? status.PERMISSION_DENIED : status.UNAUTHENTICATED;
      return { kind: 'refused', code, details: admission.message };
    }
  }
}
