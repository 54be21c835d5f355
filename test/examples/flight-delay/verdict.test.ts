import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DAY, HOUR } from '../../../examples/flight-delay/src/calendar.ts';
import type { Episode } from '../../../examples/flight-delay/src/collector-api.ts';
import { INCIDENTS } from '../../../examples/flight-delay/src/incidents.ts';
import { reportOf } from '../../../examples/flight-delay/src/report.ts';
import { delayInWindows, judgeEpisodes } from '../../../examples/flight-delay/src/verdict.ts';

function episodeAt(
  firedAt: number,
  stage: string,
  field: string,
  version = '1',
  resolvedAt: number | null = null,
): Episode {
  const fired = {
    alertname: 'Drift',
    fingerprint: `${stage}/${field}/${firedAt}`,
    episode: 1,
    version,
    labels: { stage, field },
    measure: 'psi',
    value: 1,
    firedAt,
    resolvedAt: null,
    resolveReason: null,
    spanFrom: firedAt - DAY,
    spanTo: firedAt,
  };
  return { fired, resolved: resolvedAt === null ? null : { ...fired, resolvedAt, resolveReason: 'cleared' } };
}

const [kilometres, , wrongColumns] = INCIDENTS;
assert.ok(kilometres && wrongColumns);

describe('the verdict of the demo', () => {
  test('counts an alert for an incident only if it is on something the incident touches, in its time', () => {
    const during = kilometres.from + 12 * HOUR;
    const right = episodeAt(during, 'input', 'distance');
    const otherField = episodeAt(during, 'input', 'destination');
    const before = episodeAt(kilometres.from - HOUR, 'input', 'distance');
    const { incidents, others } = judgeEpisodes([right, otherField, before]);
    assert.deepEqual(incidents.find(({ incident }) => incident === kilometres)?.episodes, [right]);
    assert.deepEqual(
      others.map(({ episode }) => episode),
      [otherField, before],
    );
  });

  test('takes alerts of the faulty version alone for the wrong columns', () => {
    const at = wrongColumns.from + DAY;
    const { incidents } = judgeEpisodes([
      episodeAt(at, 'feature', 'hour', '2'),
      episodeAt(at, 'feature', 'hour', '1'),
      episodeAt(at, 'input', 'origin', '2'),
    ]);
    assert.equal(incidents.find(({ incident }) => incident === wrongColumns)?.episodes.length, 1);
  });

  test('names the real event behind an alert, and calls what nothing explains false', () => {
    const blizzard = episodeAt(Date.UTC(2001, 2, 6), 'input', 'origin');
    const nothing = episodeAt(Date.UTC(2001, 5, 25), 'input', 'origin');
    const verdict = judgeEpisodes([blizzard, nothing]);
    assert.match(verdict.others[0]?.explanation ?? '', /blizzard/);
    assert.equal(verdict.others[1]?.explanation, null);
    assert.match(reportOf(verdict), /2001-06-25 00:00 Drift input\.origin \(v1\) = 1\.000: FALSE/);
  });

  test('measures the delay from the start of the incident to its first alert, and says when the last alert ended', () => {
    const first = episodeAt(kilometres.from + 6 * HOUR, 'input', 'distance', '1', kilometres.to);
    const second = episodeAt(kilometres.from + DAY, 'feature', 'distance', '1', kilometres.to + 5 * HOUR);
    const verdict = judgeEpisodes([first, second]);
    const own = verdict.incidents[0];
    assert.ok(own);
    assert.equal(delayInWindows(own), 0.25);
    assert.match(reportOf(verdict), /kilometres .* 0\.25 +2001-02-23 05:00 cleared +2/);
    assert.match(reportOf(verdict), /origin-missing .*MISSED/);
  });
});
