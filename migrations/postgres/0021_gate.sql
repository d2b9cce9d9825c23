-- The cases without a complete hold that a releaser took upon himself: which, and how much of each was in doubt then. An
-- export asks whether there are others by now.
CREATE TABLE acknowledged (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    run       BIGINT NOT NULL REFERENCES run (id),
    case_file BIGINT NOT NULL REFERENCES case_file (id),
    amount    BIGINT NOT NULL CHECK (amount >= 0)
);
CREATE INDEX acknowledged_run ON acknowledged (run, journal);

-- Two people correct the last bank day that the old system had posted; empty: it had posted nothing.
CREATE TABLE as_of_correction (
    id      BIGINT PRIMARY KEY,
    journal BIGINT NOT NULL,
    seal    BIGINT NOT NULL,
    as_of   DATE CHECK (isfinite(as_of)),
    reason  TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor   TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second  TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- Two people say that an account's statements are asked for no more, though they were once: it was closed.
CREATE TABLE account_end (
    id      BIGINT PRIMARY KEY,
    journal BIGINT NOT NULL,
    seal    BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL CHECK (account <> ''),
    reason  TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor   TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second  TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- What changed in the settings since the last change of the books: a row per key, with what stood there before and after.
CREATE TABLE setting_change (
    id           BIGINT PRIMARY KEY,
    journal      BIGINT NOT NULL,
    seal         BIGINT NOT NULL,
    name         TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    before_value TEXT COLLATE "C",
    after_value  TEXT COLLATE "C"
);

-- Two people say that the books go on at an earlier business day: an entry was made under a date that had not come.
CREATE TABLE day_correction (
    id      BIGINT PRIMARY KEY,
    journal BIGINT NOT NULL,
    seal    BIGINT NOT NULL,
    day     DATE NOT NULL CHECK (isfinite(day)),
    reason  TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor   TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second  TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);
