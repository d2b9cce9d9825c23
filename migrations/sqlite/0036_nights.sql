-- A payment file that the nightly job put into the outbox, for the program that hands it in: once, because that program may take
-- it at any moment.
CREATE TABLE outbox_file (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    run      INTEGER NOT NULL REFERENCES run (id),
    name     TEXT NOT NULL CHECK (name <> ''),
    sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
    UNIQUE (run, name)
) STRICT;

-- A night that the nightly job has closed, and its summary (JSON), which holds no personal data.
CREATE TABLE night (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    day      TEXT NOT NULL CHECK (day = date(day)),
    outcome  TEXT NOT NULL CHECK (outcome IN ('nothing', 'people', 'failed')),
    summary  TEXT NOT NULL CHECK (summary <> '')
) STRICT;
