-- What was told to the finance system: numbered exports, each of one kind. moment: the wall clock that the files carry;
-- code: that of these books, so that numbers of restored books are others; frame: balances that the statements stand between, as JSON.
CREATE TABLE handback_export (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    number   BIGINT NOT NULL CHECK (number > 0),
    day      DATE NOT NULL CHECK (isfinite(day)),
    moment   TEXT COLLATE "C" NOT NULL CHECK (moment <> ''),
    code     TEXT COLLATE "C" NOT NULL,
    frame    TEXT COLLATE "C",
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    UNIQUE (kind, number)
);

-- One thing that an export tells. name: what it is about, such as entry:17; content: what is so of it, as JSON without names,
-- accounts and texts of people; nothing where it is so no more. replaces: what was told of it before. So each thing is told
-- anew once, and whatever was told is replaced once.
CREATE TABLE handback_told (
    id               BIGINT PRIMARY KEY,
    journal          BIGINT NOT NULL,
    seal             BIGINT NOT NULL,
    handback_export  BIGINT NOT NULL REFERENCES handback_export (id),
    name             TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    content          TEXT COLLATE "C",
    replaces         BIGINT REFERENCES handback_told (id),
    CHECK (content IS NOT NULL OR replaces IS NOT NULL)
);
CREATE UNIQUE INDEX handback_told_first ON handback_told (name) WHERE replaces IS NULL;
CREATE UNIQUE INDEX handback_told_replaced ON handback_told (replaces);
CREATE INDEX handback_told_of ON handback_told (handback_export);

-- Two people end our collecting of the items named: from then on the finance system collects them. as_of: the day from which it does;
-- levy: whose items these are, where not all.
CREATE TABLE handover (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    as_of    DATE NOT NULL CHECK (isfinite(as_of)),
    levy     TEXT COLLATE "C" CHECK (levy <> ''),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second   TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

CREATE TABLE handover_item (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    handover  BIGINT NOT NULL REFERENCES handover (id),
    item      BIGINT NOT NULL REFERENCES item (id),
    UNIQUE (handover, item)
);
CREATE INDEX handover_item_of ON handover_item (item);

-- Two people take a handover back: we collect its items again.
CREATE TABLE handover_end (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    handover  BIGINT NOT NULL UNIQUE REFERENCES handover (id),
    reason    TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor     TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second    TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);
