-- A standing order of the settings ([[batch.order]]) as one person made it: its terms, word for word.
CREATE TABLE standing_order (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    name     TEXT NOT NULL CHECK (name <> ''),
    terms    TEXT NOT NULL CHECK (terms <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    UNIQUE (id, actor)
) STRICT;

-- Another person puts it in force; whoever ends it needs nobody.
CREATE TABLE standing_order_answer (
    id              INTEGER PRIMARY KEY,
    journal         INTEGER NOT NULL,
    seal            INTEGER NOT NULL,
    standing_order  INTEGER NOT NULL,
    answer          TEXT NOT NULL CHECK (answer IN ('confirmed', 'ended')),
    day             TEXT NOT NULL CHECK (day = date(day)),
    actor           TEXT NOT NULL CHECK (actor <> ''),
    maker           TEXT NOT NULL,
    UNIQUE (standing_order, answer),
    FOREIGN KEY (standing_order, maker) REFERENCES standing_order (id, actor),
    CHECK (answer <> 'confirmed' OR actor <> maker)
) STRICT;

-- A day of a standing order that was carried out, once: with the run that was planned, or without one where nothing was to be
-- collected.
CREATE TABLE standing_order_day (
    id              INTEGER PRIMARY KEY,
    journal         INTEGER NOT NULL,
    seal            INTEGER NOT NULL,
    standing_order  INTEGER NOT NULL REFERENCES standing_order (id),
    day             TEXT NOT NULL CHECK (day = date(day)),
    run             INTEGER REFERENCES run (id),
    UNIQUE (standing_order, day)
) STRICT;
