/** One key for a model version; names hold no control characters, so this cannot be forged. */
export function versionKey({ model, version }) {
  return `${model}\u0000${version}`;
}
