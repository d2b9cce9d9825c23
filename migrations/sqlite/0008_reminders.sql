-- A reminder that was written: of which item, over how much, on which day.
CREATE TABLE reminder (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    item     INTEGER NOT NULL REFERENCES item (id),
    amount   INTEGER NOT NULL CHECK (amount > 0),
    day      TEXT NOT NULL CHECK (day = date(day)),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> '')
) STRICT;
