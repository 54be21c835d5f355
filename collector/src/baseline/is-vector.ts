/** Whether a value of a file is a vector: a list of numbers that is not empty. */
export function isVector(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'number');
}
