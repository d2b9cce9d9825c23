-- A retirement that two people take back: the books go on here, because the copy never had an entry of its own.
CREATE TABLE instance_event_0027 (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('restored', 'copied', 'unlocked', 'retired', 'revived')),
    code     TEXT CHECK (code <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    second   TEXT CHECK (second <> '' AND second <> actor),
    note     TEXT NOT NULL,
    CHECK ((kind IN ('restored', 'copied')) = (code IS NOT NULL)),
    CHECK ((kind IN ('unlocked', 'revived')) = (second IS NOT NULL))
) STRICT;
INSERT INTO instance_event_0027 (id, journal, seal, kind, code, actor, second, note)
SELECT id, journal, seal, kind, code, actor, second, note FROM instance_event;
DROP TABLE instance_event;
ALTER TABLE instance_event_0027 RENAME TO instance_event;

-- No fact: these books are a backup, made at this moment; nothing is changed in them. What is restored from them has no such row.
CREATE TABLE backup_mark (
    made_at  TEXT PRIMARY KEY CHECK (made_at <> '')
) STRICT, WITHOUT ROWID;
