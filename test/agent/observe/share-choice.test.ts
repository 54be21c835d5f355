import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AgentError } from '@tidemark/agent';
import { Share } from '../../../agent/src/observe/share.ts';
import { ShareChoice } from '../../../agent/src/observe/share-choice.ts';

const USERS = Array.from({ length: 20_000 }, (_, i) => `user-${i}`);
const first = (user: unknown) => user;

function choose(share: number, key: ((...args: never[]) => unknown) | undefined = first, salt = 'm 1') {
  let lost = 0;
  const random = () => 0.5;
  const choice = new ShareChoice(new Share(share), { key, salt, random, lose: () => lost++ });
  return { chosen: (...args: unknown[]) => choice.chosen(args), lost: () => lost };
}

describe('a choice of calls', () => {
  it('by key takes about the share it is told, and everything or nothing at the ends', () => {
    for (const share of [0.01, 0.1, 0.5, 0.9]) {
      const { chosen } = choose(share);
      const taken = USERS.filter((user) => chosen(user)).length / USERS.length;
      // Four standard deviations of a fair draw.
      assert.ok(Math.abs(taken - share) < 4 * Math.sqrt((share * (1 - share)) / USERS.length), `${share}: ${taken}`);
    }
    assert.ok(!USERS.some((user) => choose(0).chosen(user)) && USERS.every((user) => choose(1).chosen(user)));
  });

  it('by key is the same everywhere, keeps its keys as the share grows, and differs between pairs', () => {
    const [small, again, large, other] = [choose(0.1), choose(0.1), choose(0.4), choose(0.1, first, 'm 2')];
    const taken = USERS.filter((user) => small.chosen(user));
    assert.deepEqual(
      USERS.filter((user) => again.chosen(user)),
      taken,
    );
    assert.ok(taken.every((user) => large.chosen(user)));
    const shared = taken.filter((user) => other.chosen(user)).length / taken.length;
    assert.ok(shared < 0.2, `${shared} are chosen by both`);
  });

  it('goes by numbers and long texts, and leaves alone what has no key, which is counted', () => {
    const { chosen, lost } = choose(1);
    assert.ok(chosen(5) && chosen('x'.repeat(1 << 20)));
    for (const odd of [undefined, {}, Symbol('s'), 5n, Promise.reject(new Error('of nobody'))])
      assert.equal(chosen(odd), false);
    const throwing = choose(1, () => assert.fail('theirs'));
    assert.equal(throwing.chosen('user'), false);
    assert.deepEqual([lost(), throwing.lost()], [5, 1]);
  });

  it('without a key goes by chance', () => {
    const byChance = (share: number) =>
      new ShareChoice(new Share(share), { key: undefined, salt: '', random: () => 0.5, lose: assert.fail });
    assert.deepEqual(
      [0, 0.4, 0.6, 1].map((share) => byChance(share).chosen([])),
      [false, false, true, true],
    );
  });
});

describe('a share', () => {
  it('is changed while it is used, but not to something that is none', () => {
    const share = new Share(0);
    const choice = new ShareChoice(share, { key: first as never, salt: '', random: Math.random, lose: assert.fail });
    assert.equal(choice.chosen(['user']), false);
    share.set(1);
    assert.equal(choice.chosen(['user']), true);
    for (const wrong of [-0.1, 1.1, Number.NaN, '0.5' as never])
      assert.throws(
        () => share.set(wrong),
        (error: AgentError) => error.code === 'TIDEMARK_OPTION_INVALID',
      );
    assert.equal(share.value, 1);
    assert.throws(() => new Share(2), AgentError);
  });
});
