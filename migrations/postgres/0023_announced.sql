-- How many transactions the bank says that an entry is made of (Btch/NbOfTxs): more than it tells of are money of people whom
-- nobody has seen.
ALTER TABLE entry ADD COLUMN announced BIGINT;
