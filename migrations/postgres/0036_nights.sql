-- A payment file that the nightly job put into the outbox, for the program that hands it in: once, because that program may take
-- it at any moment.
CREATE TABLE outbox_file (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    run      BIGINT NOT NULL REFERENCES run (id),
    name     TEXT COLLATE "C" NOT NULL CHECK (name <> ''),
    sha256   TEXT COLLATE "C" NOT NULL CHECK (length(sha256) = 64),
    UNIQUE (run, name)
);

-- A night that the nightly job has closed, and its summary (JSON), which holds no personal data.
CREATE TABLE night (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    day      DATE NOT NULL CHECK (isfinite(day)),
    outcome  TEXT COLLATE "C" NOT NULL CHECK (outcome IN ('nothing', 'people', 'failed')),
    summary  TEXT COLLATE "C" NOT NULL CHECK (summary <> '')
);
