-- What was told to the finance system: numbered exports, each of one kind. moment: the wall clock that the files carry;
-- code: that of these books, so that numbers of restored books are others; frame: balances that the statements stand between, as JSON.
CREATE TABLE handback_export (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind <> ''),
    number   INTEGER NOT NULL CHECK (number > 0),
    day      TEXT NOT NULL CHECK (day = date(day)),
    moment   TEXT NOT NULL CHECK (moment <> ''),
    code     TEXT NOT NULL,
    frame    TEXT,
    actor    TEXT NOT NULL CHECK (actor <> ''),
    UNIQUE (kind, number)
) STRICT;

-- One thing that an export tells. name: what it is about, such as entry:17; content: what is so of it, as JSON without names,
-- accounts and texts of people; nothing where it is so no more. replaces: what was told of it before. So each thing is told
-- anew once, and whatever was told is replaced once.
CREATE TABLE handback_told (
    id               INTEGER PRIMARY KEY,
    journal          INTEGER NOT NULL,
    seal             INTEGER NOT NULL,
    handback_export  INTEGER NOT NULL REFERENCES handback_export (id),
    name             TEXT NOT NULL CHECK (name <> ''),
    content          TEXT,
    replaces         INTEGER REFERENCES handback_told (id),
    CHECK (content IS NOT NULL OR replaces IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX handback_told_first ON handback_told (name) WHERE replaces IS NULL;
CREATE UNIQUE INDEX handback_told_replaced ON handback_told (replaces);
CREATE INDEX handback_told_of ON handback_told (handback_export);

-- Two people end our collecting of the items named: from then on the finance system collects them. as_of: the day from which it does;
-- levy: whose items these are, where not all.
CREATE TABLE handover (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    as_of    TEXT NOT NULL CHECK (as_of = date(as_of)),
    levy     TEXT CHECK (levy <> ''),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    second   TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

CREATE TABLE handover_item (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    handover  INTEGER NOT NULL REFERENCES handover (id),
    item      INTEGER NOT NULL REFERENCES item (id),
    UNIQUE (handover, item)
) STRICT;
CREATE INDEX handover_item_of ON handover_item (item);

-- Two people take a handover back: we collect its items again.
CREATE TABLE handover_end (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    handover  INTEGER NOT NULL UNIQUE REFERENCES handover (id),
    reason    TEXT NOT NULL CHECK (reason <> ''),
    actor     TEXT NOT NULL CHECK (actor <> ''),
    second    TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;
