-- A booking that a later statement tells again: what was skipped, and what it equals.
CREATE TABLE sighting (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    statement  INTEGER NOT NULL REFERENCES statement (id) DEFERRABLE INITIALLY DEFERRED,
    booking    INTEGER NOT NULL REFERENCES booking (id)
) STRICT;
CREATE INDEX sighting_by_statement ON sighting (statement);

-- The account's balance before the booking, where its statement fits together: it tells twins apart.
ALTER TABLE booking ADD COLUMN balance_before INTEGER;
