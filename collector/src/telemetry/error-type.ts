/** The SQLSTATE or name of what was thrown; null for nothing. Its message may quote what users sent, and stays out. */
export function errorType(error: unknown): string | null {
  if (error === null) return null;
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
