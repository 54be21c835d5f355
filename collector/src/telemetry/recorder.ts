import type { Counter, Histogram, Meter, ObservableResult } from '@opentelemetry/api';
import { INSTRUMENTS, type Instrument, type InstrumentName, type LabelsOf, type NameOf } from './instruments.ts';

/** Takes what an instrument that is asked has to say: nothing, one value, or one for each set of labels. */
export type Tell<N extends InstrumentName> = (
  value: number,
  ...labels: keyof LabelsOf<N> extends never ? [] : [LabelsOf<N>]
) => void;

/** Those who are told of everything that happens write here; the labels are held to what is declared. */
export type Recorder = {
  count(name: NameOf<'counter'>, n: number): void;
  count<N extends NameOf<'counter'>>(name: N, n: number, labels: LabelsOf<N>): void;
  measure(name: NameOf<'histogram'>, value: number): void;
  measure<N extends NameOf<'histogram'>>(name: N, value: number, labels: LabelsOf<N>): void;
  /** `read` is called whenever somebody looks; it has to tell at once, from memory. */
  observe<N extends NameOf<'gauge' | 'observed-counter'>>(name: N, read: (tell: Tell<N>) => void): void;
};

type Labels = Readonly<Record<string, string>>;

/** Makes the declared instruments on meters and writes to all of them alike: one meter is read by Prometheus, one exports. */
export class MeterRecorder implements Recorder {
  readonly #meters: readonly Meter[];
  readonly #counters = new Map<InstrumentName, readonly Counter[]>();
  readonly #histograms = new Map<InstrumentName, readonly Histogram[]>();

  constructor(meters: readonly Meter[]) {
    this.#meters = meters;
    for (const [key, instrument] of Object.entries<Instrument>(INSTRUMENTS)) {
      const name = key as InstrumentName;
      if (instrument.kind === 'counter') this.#addCounter(name, instrument);
      if (instrument.kind === 'histogram') {
        const advice = { explicitBucketBoundaries: [...(instrument.buckets ?? [])] };
        const histograms = meters.map((meter) => meter.createHistogram(name, { ...optionsOf(instrument), advice }));
        this.#histograms.set(name, histograms);
      }
    }
  }

  count(name: InstrumentName, n: number, labels?: Labels): void {
    for (const counter of this.#counters.get(name) ?? []) counter.add(n, labels);
  }

  measure(name: InstrumentName, value: number, labels?: Labels): void {
    for (const histogram of this.#histograms.get(name) ?? []) histogram.record(value, labels);
  }

  observe<N extends NameOf<'gauge' | 'observed-counter'>>(name: N, read: (tell: Tell<N>) => void): void {
    const instrument: Instrument = INSTRUMENTS[name];
    const tell = (result: ObservableResult) => read((value, labels?: Labels) => result.observe(value, labels));
    for (const meter of this.#meters) {
      const options = optionsOf(instrument);
      const asked =
        instrument.kind === 'gauge'
          ? meter.createObservableGauge(name, options)
          : meter.createObservableCounter(name, options);
      asked.addCallback(tell);
    }
  }

  /** Every series of a counter is there from the start, at 0: otherwise the first increase of each would go unseen. */
  #addCounter(name: InstrumentName, instrument: Instrument): void {
    const counters = this.#meters.map((meter) => meter.createCounter(name, optionsOf(instrument)));
    this.#counters.set(name, counters);
    for (const labels of combinations(instrument.labels ?? {})) for (const counter of counters) counter.add(0, labels);
  }
}

function optionsOf({ unit, doc }: Instrument): { unit: string; description: string } {
  return { unit, description: doc };
}

/** Every set of labels that the lists allow; none where a list is the program's. */
function combinations(labels: NonNullable<Instrument['labels']>): Labels[] {
  let sets: Labels[] = [{}];
  for (const [label, values] of Object.entries(labels)) {
    sets = sets.flatMap((set) => values.map((value) => ({ ...set, [label]: value })));
  }
  return sets;
}
