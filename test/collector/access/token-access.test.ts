import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mintToken } from '../../../collector/src/access/token.ts';
import { TokenAccess, type TokenRecord } from '../../../collector/src/access/token-access.ts';

const T0 = Date.UTC(2026, 0, 1);

/** A store of tokens that counts its questions and can be away, and a clock. */
function setUp(scope: TokenRecord['scope'] = 'write') {
  const { text, id, secretSha256 } = mintToken();
  const state = { now: T0, asked: 0, isAway: false };
  const record = {
    id,
    projectId: 7,
    scope,
    secretSha256,
    expiresAt: null as number | null,
    revokedAt: null as number | null,
  };
  const records = new Map<string, TokenRecord>([[id, record]]);
  const access = new TokenAccess(
    {
      tokens: async (ids) => {
        state.asked += 1;
        if (state.isAway) throw new Error('the database is away');
        return ids.flatMap((one) => records.get(one) ?? []);
      },
    },
    { now: () => state.now },
  );
  const enter = (needed: TokenRecord['scope'] = 'write', header: string | undefined = `Bearer ${text}`) =>
    access.admit(header, needed);
  return { access, records, record, state, text, id, enter };
}

describe('access by token', () => {
  test('lets in who brings a good one, to its project', async () => {
    const { enter, id } = setUp();
    assert.deepEqual(await enter(), { kind: 'granted', grant: { projectId: 7, scope: 'write', tokenId: id } });
  });

  test('asks for one, and says how to send it', async () => {
    const { enter, text, access } = setUp();
    assert.partialDeepStrictEqual(await access.admit(undefined, 'read'), { kind: 'refused', why: 'unauthenticated' });
    for (const header of ['', 'Bearer', `Basic ${text}`, text, `Bearer ${text} more`, 'Bearer tmk_']) {
      const admission = await enter('write', header);
      assert.partialDeepStrictEqual(admission, { kind: 'refused', why: 'unauthenticated' }, header);
      assert.ok(admission.kind !== 'granted' && !admission.message.includes(text), 'the token is not repeated');
    }
    assert.equal((await enter('write', `bearer  ${text}`)).kind, 'granted', 'the word is in any case');
  });

  test('tells a wrong secret and an unknown token apart from nobody', async () => {
    const { enter, text, id } = setUp();
    const other = mintToken();
    const wrongSecret = await enter('write', `Bearer tmk_${id}_${other.text.slice(29)}`);
    const unknown = await enter('write', `Bearer ${other.text}`);
    assert.deepEqual(wrongSecret, unknown);
    assert.equal((await enter('write', `Bearer ${text}`)).kind, 'granted');
  });

  for (const [held, allowed] of [
    ['write', ['write']],
    ['read', ['read']],
    ['admin', ['write', 'read', 'admin']],
  ] as const) {
    test(`lets a holder of ${held} do ${allowed.join(', ')} and nothing else`, async () => {
      const { enter } = setUp(held);
      for (const needed of ['write', 'read', 'admin'] as const) {
        const admission = await enter(needed);
        if ((allowed as readonly string[]).includes(needed)) assert.equal(admission.kind, 'granted', needed);
        else assert.partialDeepStrictEqual(admission, { kind: 'refused', why: 'forbidden' }, needed);
      }
    });
  }

  test('ends within five seconds of its revocation', async () => {
    const { enter, record, state } = setUp();
    assert.equal((await enter()).kind, 'granted');
    record.revokedAt = state.now;
    state.now += 5_000;
    const admission = await enter();
    assert.partialDeepStrictEqual(admission, { kind: 'refused', why: 'unauthenticated' });
    assert.match(JSON.stringify(admission), /was revoked at 2026-01-01T00:00:00.000Z/);
  });

  test('ends at the moment it expires, whatever is remembered of it', async () => {
    const { enter, record, state } = setUp();
    record.expiresAt = T0 + 1_000;
    assert.equal((await enter()).kind, 'granted');
    state.now += 999;
    assert.equal((await enter()).kind, 'granted');
    state.now += 1;
    assert.match(JSON.stringify(await enter()), /has expired at/);
    assert.equal(state.asked, 1);
  });

  test('asks the store once in five seconds, also about ids that do not exist', async () => {
    const { enter, state } = setUp();
    for (let i = 0; i < 100; i++) await enter();
    assert.equal(state.asked, 1);
    const unknown = `Bearer ${mintToken().text}`;
    for (let i = 0; i < 100; i++) await enter('write', unknown);
    assert.equal(state.asked, 2);
  });

  test('remembers a bounded number of them under a flood', async () => {
    const { enter, state } = setUp();
    await enter();
    for (let i = 0; i < 10_001; i++) await enter('write', `Bearer ${mintToken().text}`);
    const asked = state.asked;
    await enter();
    assert.equal(state.asked, asked + 1, 'the first has been forgotten and is asked for again');
  });

  test('lets in who was let in before while the store is away, and says of others that it cannot tell', async () => {
    const { enter, state } = setUp();
    await enter();
    state.isAway = true;
    state.now += 3_600_000;
    assert.equal((await enter()).kind, 'granted');
    assert.equal((await enter('write', `Bearer ${mintToken().text}`)).kind, 'undecided');
  });

  test('tells those who watch a grant of its end, once, and only them', async () => {
    const { access, enter, record, records, state } = setUp();
    const admission = await enter();
    assert.ok(admission.kind === 'granted');
    const told: string[] = [];
    access.watch(admission.grant, (reason) => told.push(reason));
    access.watch(admission.grant, () => told.push('one that is over'))();
    await access.check();
    state.isAway = true;
    record.revokedAt = T0;
    await access.check();
    assert.equal(told.length, 0);
    state.isAway = false;
    await access.check();
    await access.check();
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /was revoked/);
    assert.partialDeepStrictEqual(await enter(), { kind: 'refused' });
    records.clear();
    access.watch(admission.grant, (reason) => told.push(reason));
    await access.check();
    assert.match(told[1] ?? '', /was deleted/);
  });
});
