import { messageOf } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { IngestOptions } from './ingest.ts';

/** Has ingest say in the log what people have to know: budgets that run out, and a store that takes nothing. */
export function logNotices(log: Logger): Pick<IngestOptions, 'onBudget' | 'onStoreChange'> {
  return {
    onBudget: (notice) => log.warn(notice, notice.isUsedUp ? 'a budget is used up' : 'a budget is almost used up'),
    onStoreChange: (fault, error) => {
      if (fault === null) log.info('the store takes commits again');
      else
        log.error({ reason: fault.reason, error: messageOf(error) }, 'the store takes no commits; agents keep theirs');
    },
  };
}
