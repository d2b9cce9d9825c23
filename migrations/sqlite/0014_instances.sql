-- What became of these books as a whole: restored from a backup or copied from elsewhere (then ids for the bank carry a
-- new part from here on, and nothing is collected until two people vouch for the payment files), unlocked again, or
-- retired because they go on elsewhere.
CREATE TABLE instance_event (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('restored', 'copied', 'unlocked', 'retired')),
    code     TEXT CHECK (code <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    second   TEXT CHECK (second <> '' AND second <> actor),
    note     TEXT NOT NULL,
    CHECK ((kind IN ('restored', 'copied')) = (code IS NOT NULL)),
    CHECK ((kind = 'unlocked') = (second IS NOT NULL))
) STRICT;
