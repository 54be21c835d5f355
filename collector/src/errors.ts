/** Every way in which the collector refuses to start or to do what it was asked. */
export type CollectorErrorCode =
  | 'CONFIG_INVALID'
  | 'TLS_INVALID'
  | 'RULES_INVALID'
  | 'BASELINE_INVALID'
  | 'SETTINGS_INVALID'
  | 'SETTINGS_CONFLICT'
  | 'PORT_IN_USE'
  | 'DATA_DIRECTORY_LOCKED'
  | 'DATA_DIRECTORY_INVALID'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_NEWER'
  | 'MIGRATION_LOCKED'
  | 'MIGRATION_FAILED'
  | 'SCHEMA_MISMATCH'
  | 'STORE_NOT_EMPTY'
  | 'EXPORT_INVALID'
  | 'EXPORT_FAILED'
  | 'STOPPED'
  | 'UNKNOWN_MODEL_VERSION'
  | 'UNKNOWN_PROJECT'
  | 'PROJECT_EXISTS'
  | 'UNKNOWN_TOKEN'
  | 'USAGE';

/** The one error class of this package. The message says what was expected, what came and what to do. */
export class CollectorError extends Error {
  readonly code: CollectorErrorCode;

  constructor(code: CollectorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'CollectorError';
    this.code = code;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
