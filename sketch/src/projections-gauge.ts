import { directionsOf } from './directions.ts';
import { project } from './projections-product.ts';
import { faultOfComponents, pool, pooledOf, type VectorFault } from './projections-vector.ts';

/** Takes the measures of vectors of one size, one after the other, into the same few numbers. */
export class VectorGauge {
  readonly size: number;
  /** Of the vector measured last: its Euclidean norm, ... */
  norm = 0;
  /** ... its dot product with each direction, ... */
  readonly products: Float64Array;
  /** ... and the components that are pooled; to be overwritten with 0 when they were counted. */
  readonly pooled: Float64Array;
  readonly #rows: readonly Float32Array[];

  /** Makes the directions where the process does not have them. Throws as `directionsOf`. */
  constructor(size: number, directions: number, seed: number) {
    this.#rows = directionsOf(size, directions, seed);
    this.size = size;
    this.products = new Float64Array(directions);
    this.pooled = new Float64Array(pooledOf(size));
  }

  /** Measures `vector`, or answers what is wrong with it. */
  measure(vector: ArrayLike<number>): VectorFault | null {
    if (vector?.length !== this.size) return 'size';
    const squares = project(vector, this.#rows, this.products);
    if (squares - squares !== 0) return faultOfComponents(vector) ?? 'positiveInfinity';
    this.norm = Math.sqrt(squares);
    pool(vector, squares, this.pooled);
    return null;
  }
}
