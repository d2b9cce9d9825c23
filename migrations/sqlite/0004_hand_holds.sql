-- A hold by hand: a Kassenzeichen or one of its items stays out of direct debit, until a day or until two people lift it.
CREATE TABLE hand_hold (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    kassenzeichen  TEXT NOT NULL CHECK (kassenzeichen <> ''),
    item           INTEGER REFERENCES item (id),
    reason         TEXT NOT NULL CHECK (reason <> ''),
    until          TEXT CHECK (until = date(until)),
    actor          TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- One signature under the lifting of a hold; nobody signs twice.
CREATE TABLE hold_lift (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    hand_hold  INTEGER NOT NULL REFERENCES hand_hold (id),
    reason     TEXT NOT NULL CHECK (reason <> ''),
    actor      TEXT NOT NULL CHECK (actor <> ''),
    UNIQUE (hand_hold, actor)
) STRICT;
