-- A standing order of the settings ([[batch.order]]) as one person made it: its terms, word for word.
CREATE TABLE standing_order (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    name     TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    terms    TEXT COLLATE "C" NOT NULL CHECK (terms <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    UNIQUE (id, actor)
);

-- Another person puts it in force; whoever ends it needs nobody.
CREATE TABLE standing_order_answer (
    id              BIGINT PRIMARY KEY,
    journal         BIGINT NOT NULL,
    seal            BIGINT NOT NULL,
    standing_order  BIGINT NOT NULL,
    answer          TEXT COLLATE "C" NOT NULL CHECK (answer IN ('confirmed', 'ended')),
    day             DATE NOT NULL CHECK (isfinite(day)),
    actor           TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    maker           TEXT COLLATE "C" NOT NULL,
    UNIQUE (standing_order, answer),
    FOREIGN KEY (standing_order, maker) REFERENCES standing_order (id, actor),
    CHECK (answer <> 'confirmed' OR actor <> maker)
);

-- A day of a standing order that was carried out, once: with the run that was planned, or without one where nothing was to be
-- collected.
CREATE TABLE standing_order_day (
    id              BIGINT PRIMARY KEY,
    journal         BIGINT NOT NULL,
    seal            BIGINT NOT NULL,
    standing_order  BIGINT NOT NULL REFERENCES standing_order (id),
    day             DATE NOT NULL CHECK (isfinite(day)),
    run             BIGINT REFERENCES run (id),
    UNIQUE (standing_order, day)
);
