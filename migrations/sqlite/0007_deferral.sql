-- What was announced for an outage: which due days are put off to when, and how gently the debits catch up.
CREATE TABLE deferral (
    id            INTEGER PRIMARY KEY,
    journal       INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    due_from      TEXT NOT NULL CHECK (due_from = date(due_from)),
    due_until     TEXT NOT NULL CHECK (due_until = date(due_until)),
    new_due       TEXT NOT NULL CHECK (new_due = date(new_due)),
    instalments   INTEGER CHECK (instalments > 0),
    days_between  INTEGER NOT NULL CHECK (days_between >= 0),
    announced     TEXT NOT NULL CHECK (announced = date(announced)),
    text          TEXT NOT NULL CHECK (text <> ''),
    actor         TEXT NOT NULL CHECK (actor <> ''),
    CHECK (due_from <= due_until),
    CHECK (due_from < new_due)
) STRICT;

-- The levies of a deferral; all where there is none.
CREATE TABLE deferral_kind (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    deferral  INTEGER NOT NULL REFERENCES deferral (id),
    kind      TEXT NOT NULL CHECK (kind <> ''),
    UNIQUE (deferral, kind)
) STRICT;

-- The counter-entry that ends a deferral, under two names: what it put off may be collected again.
CREATE TABLE deferral_end (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    deferral  INTEGER NOT NULL UNIQUE REFERENCES deferral (id),
    reason    TEXT NOT NULL CHECK (reason <> ''),
    actor     TEXT NOT NULL CHECK (actor <> ''),
    second    TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;
