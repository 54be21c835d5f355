-- What upkeep and the API look for, where the primary keys lead elsewhere.

-- Retention asks for whatever is old. Windows come in about the order of time, so a summary of each range of pages
-- finds them at a ten-thousandth of the size of a tree.
create index summary_1m_by_time on summary_1m using brin (window_start);
create index summary_1h_by_time on summary_1h using brin (window_start);
create index traffic_1m_by_time on traffic_1m using brin (window_start);
create index traffic_1h_by_time on traffic_1h using brin (window_start);
create index score_by_time on score using brin (tick);
create index ingest_batch_by_time on ingest_batch using brin (received_at);

-- Who was told of an episode.
create index delivery_by_episode on delivery (fingerprint, episode);
