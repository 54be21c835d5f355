import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ProjectJudges } from '../../../collector/src/alerting/project-judges.ts';

describe('the judges of projects', () => {
  test('judge every project that is there, one after the other, each by a judge of its own', async () => {
    const projects = [{ id: 1, name: 'default' }];
    const judged: string[] = [];
    let made = 0;
    const judges = new ProjectJudges({
      projects: async () => projects,
      judgeOf: ({ name }) => {
        made += 1;
        return { judgeUntil: async (watermark) => void judged.push(`${name} ${watermark}`), overdueMs: () => 0 };
      },
    });
    await judges.judgeUntil(1, () => false);
    projects.push({ id: 2, name: 'b' });
    await judges.judgeUntil(2, () => false);
    assert.deepEqual(judged, ['default 1', 'default 2', 'b 2']);
    assert.equal(made, 2);
  });

  test('go on with the next where one fails, and say so at the end', async () => {
    const judged: number[] = [];
    const judges = new ProjectJudges({
      projects: async () => [1, 2, 3].map((id) => ({ id, name: `${id}` })),
      judgeOf: ({ id }) => ({
        overdueMs: () => 0,
        judgeUntil: async () => {
          judged.push(id);
          if (id < 3) throw new Error(`project ${id}`);
        },
      }),
    });
    await assert.rejects(
      judges.judgeUntil(1, () => false),
      /project 1/,
    );
    assert.deepEqual(judged, [1, 2, 3]);
  });

  test('begin no other project when they are to stop', async () => {
    let judged = 0;
    const judges = new ProjectJudges({
      projects: async () => [1, 2].map((id) => ({ id, name: `${id}` })),
      judgeOf: () => ({ judgeUntil: async () => void judged++, overdueMs: () => 0 }),
    });
    await judges.judgeUntil(1, () => judged > 0);
    assert.equal(judged, 1);
  });

  test('are as far behind as the project that is furthest behind', async () => {
    const judges = new ProjectJudges({
      projects: async () => [10, 30, 20].map((id) => ({ id, name: `${id}` })),
      judgeOf: ({ id }) => ({ judgeUntil: async () => undefined, overdueMs: (watermark) => id * watermark }),
    });
    assert.equal(judges.overdueMs(2), 0);
    await judges.judgeUntil(2, () => false);
    assert.equal(judges.overdueMs(2), 60);
  });
});
