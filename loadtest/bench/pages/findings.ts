import type { Finding } from '../budget.ts';
import { type Injected, WITHIN } from './injected.ts';
import type { Measured } from './measured.ts';

/** Whether the right rule told of it in time. */
export function isNamed({ windows }: Injected): boolean {
  return windows !== null && windows <= WITHIN;
}

/** What was measured for every line of the budget; lines of parts that were not measured are missing. */
export function findings({ undrifted, faults, real }: Measured): Map<string, Finding> {
  const found = new Map<string, Finding>();
  if (undrifted !== null) found.set('N1', { value: undrifted.pages.length });
  if (faults !== null) {
    const kinds = [...Map.groupBy(faults, ({ kind }) => kind).values()];
    const notNamed = faults.filter((one) => !isNamed(one)).map(({ kind, how }) => `${kind}, ${how}`);
    const where = notNamed.length === 0 ? {} : { where: notNamed.join('; ') };
    found.set('N2', { value: kinds.filter((all) => all.every(isNamed)).length, ...where });
    found.set('N3', { value: faults.filter(isNamed).length, ...where });
    found.set('N4', { value: faults.flatMap(({ wrong }) => wrong).length });
  }
  if (real.length > 0) {
    found.set('N5', { value: real.flatMap(({ known }) => known.filter(({ alert }) => alert === null)).length });
    found.set('N6', { value: real.flatMap(({ wrong }) => wrong).length });
  }
  return found;
}
