/** `inference` counts rows and errors; `step` is a part of one and adds only its fields. */
export type Role = 'inference' | 'step';
