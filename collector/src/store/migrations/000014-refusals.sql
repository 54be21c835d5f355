-- What was not kept of a batch, so that an agent which never had the receipt is told when it sends the batch again.
alter table ingest_batch add column refusals jsonb;
