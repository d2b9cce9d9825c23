-- A day as two people have closed it, account by account: what is corrected later is an entry of a later day.
CREATE TABLE day_close (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    day       TEXT NOT NULL CHECK (day = date(day)),
    account   TEXT NOT NULL,
    opening   INTEGER NOT NULL,
    incoming  INTEGER NOT NULL CHECK (incoming >= 0),
    outgoing  INTEGER NOT NULL CHECK (outgoing >= 0),
    closing   INTEGER NOT NULL,
    posted    INTEGER NOT NULL,
    in_doubt  INTEGER NOT NULL,
    other     INTEGER NOT NULL,
    head      INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    actor     TEXT NOT NULL CHECK (actor <> ''),
    second    TEXT NOT NULL CHECK (second <> '' AND second <> actor),
    UNIQUE (day, account),
    CHECK (opening + incoming - outgoing = closing),
    CHECK (posted + in_doubt + other = incoming)
) STRICT;
