/** Turns the counts of digits into the addresses of their first values. */
export function toPlaces(counts: i32, digits: i32, first: i32, size: i32): void {
  let place = first;
  const end = counts + (digits << 2);
  for (let at = counts; at < end; at += 8) {
    const one = load<i32>(at) * size;
    const other = load<i32>(at, 4) * size;
    store<i32>(at, place);
    store<i32>(at, place + one, 4);
    place += one + other;
  }
}
