-- no-transaction
-- Lists of old references: what a Kassenzeichen was called before. What kinds of files there are is the program's to
-- know: the table is made anew without the list of them (SQLite changes no CHECK in place). Killed half-way, it begins
-- anew: all or nothing of it is stored.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;

CREATE TABLE source_file_0003 (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind <> ''),
    sha256   TEXT NOT NULL UNIQUE,
    as_of    TEXT CHECK (as_of = date(as_of))
) STRICT;
INSERT INTO source_file_0003 SELECT id, journal, seal, name, kind, sha256, as_of FROM source_file;
DROP TABLE source_file;
ALTER TABLE source_file_0003 RENAME TO source_file;

-- What a reference leads to now; the newest row of an old reference counts.
CREATE TABLE IF NOT EXISTS alias (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    source_file    INTEGER NOT NULL REFERENCES source_file (id),
    old            TEXT NOT NULL CHECK (old <> ''),
    kassenzeichen  TEXT NOT NULL CHECK (kassenzeichen <> '')
) STRICT;

COMMIT;
PRAGMA foreign_keys = ON;
