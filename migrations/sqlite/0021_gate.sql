-- The cases without a complete hold that a releaser took upon himself: which, and how much of each was in doubt then. An
-- export asks whether there are others by now.
CREATE TABLE acknowledged (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    run       INTEGER NOT NULL REFERENCES run (id),
    case_file INTEGER NOT NULL REFERENCES case_file (id),
    amount    INTEGER NOT NULL CHECK (amount >= 0)
) STRICT;
CREATE INDEX acknowledged_run ON acknowledged (run, journal);

-- Two people correct the last bank day that the old system had posted; empty: it had posted nothing.
CREATE TABLE as_of_correction (
    id      INTEGER PRIMARY KEY,
    journal INTEGER NOT NULL,
    seal    INTEGER NOT NULL,
    as_of   TEXT CHECK (as_of = date(as_of)),
    reason  TEXT NOT NULL CHECK (reason <> ''),
    actor   TEXT NOT NULL CHECK (actor <> ''),
    second  TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- Two people say that an account's statements are asked for no more, though they were once: it was closed.
CREATE TABLE account_end (
    id      INTEGER PRIMARY KEY,
    journal INTEGER NOT NULL,
    seal    INTEGER NOT NULL,
    account TEXT NOT NULL CHECK (account <> ''),
    reason  TEXT NOT NULL CHECK (reason <> ''),
    actor   TEXT NOT NULL CHECK (actor <> ''),
    second  TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- What changed in the settings since the last change of the books: a row per key, with what stood there before and after.
CREATE TABLE setting_change (
    id           INTEGER PRIMARY KEY,
    journal      INTEGER NOT NULL,
    seal         INTEGER NOT NULL,
    name         TEXT NOT NULL CHECK (name <> ''),
    before_value TEXT,
    after_value  TEXT
) STRICT;

-- Two people say that the books go on at an earlier business day: an entry was made under a date that had not come.
CREATE TABLE day_correction (
    id      INTEGER PRIMARY KEY,
    journal INTEGER NOT NULL,
    seal    INTEGER NOT NULL,
    day     TEXT NOT NULL CHECK (day = date(day)),
    reason  TEXT NOT NULL CHECK (reason <> ''),
    actor   TEXT NOT NULL CHECK (actor <> ''),
    second  TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;
