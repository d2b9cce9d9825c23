-- What the database itself says of runs. Nothing of the older rows changes but where they stand.

-- Who plans does not release, and nobody signs twice for one release. An event names its run's planner and which
-- release it belongs to (how often one fell before): a foreign key and the constraints bind them, so they are not
-- sealed. What an event needs besides: the second person, the bank's number or the reason.
CREATE UNIQUE INDEX run_and_planner ON run (id, planner);

CREATE TABLE run_event_0009 (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    run      INTEGER NOT NULL REFERENCES run (id),
    kind     TEXT NOT NULL CHECK (kind <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    day      TEXT NOT NULL CHECK (day = date(day)),
    at       TEXT NOT NULL,
    sha256   TEXT,
    second   TEXT CHECK (second <> '' AND second <> actor),
    note     TEXT CHECK (note <> ''),
    planner  TEXT NOT NULL,
    round    INTEGER NOT NULL CHECK (round >= 0),
    FOREIGN KEY (run, planner) REFERENCES run (id, planner),
    CHECK (kind NOT IN ('signed', 'released') OR actor <> planner),
    CHECK (kind <> 'sent' OR note IS NOT NULL),
    CHECK (kind <> 'void' OR (second IS NOT NULL AND note IS NOT NULL))
) STRICT;
INSERT INTO run_event_0009 (id, journal, seal, run, kind, actor, day, at, sha256, planner, round)
SELECT e.id, e.journal, e.seal, e.run, e.kind, e.actor, e.day, e.at, e.sha256, r.planner,
       (SELECT COUNT(*) FROM run_event v WHERE v.run = e.run AND v.id < e.id AND v.kind = 'voided')
  FROM run_event e JOIN run r ON r.id = e.run;
DROP TABLE run_event;
ALTER TABLE run_event_0009 RENAME TO run_event;
CREATE INDEX run_event_by_run ON run_event (run);
CREATE UNIQUE INDEX signed_once ON run_event (run, round, actor) WHERE kind IN ('signed', 'released');

-- No item in two living debits. Which debit holds which item, until the claim that frees it (by money, doubt, or the
-- run's end) is named; one item is held by one debit at a time. No fact: what the claims say, proved by `verify`.
CREATE TABLE reservation (
    debit         INTEGER NOT NULL REFERENCES debit (id),
    item          INTEGER NOT NULL REFERENCES item (id),
    freed_by      INTEGER,
    freed_amount  INTEGER CHECK (freed_amount < 0),
    PRIMARY KEY (debit, item),
    CHECK ((freed_by IS NULL) = (freed_amount IS NULL)),
    FOREIGN KEY (freed_by, debit, item, freed_amount) REFERENCES claim (id, debit, item, amount)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX reserved_once ON reservation (item) WHERE freed_by IS NULL;

-- A claim needs its reservation, is made once, and from then on only falls.
CREATE TABLE claim_0009 (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    debit    INTEGER NOT NULL REFERENCES debit (id),
    item     INTEGER NOT NULL REFERENCES item (id),
    amount   INTEGER NOT NULL CHECK (amount <> 0),
    cause    TEXT NOT NULL CHECK (cause IN ('planned', 'lowered', 'cancelled')),
    CHECK ((cause = 'planned') = (amount > 0)),
    FOREIGN KEY (debit, item) REFERENCES reservation (debit, item) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE TABLE claim_old AS SELECT id, journal, seal, debit, item, amount, cause FROM claim;
DROP TABLE claim;
ALTER TABLE claim_0009 RENAME TO claim;
CREATE INDEX claim_by_debit ON claim (debit);
CREATE UNIQUE INDEX claimed_once ON claim (debit, item) WHERE amount > 0;
CREATE UNIQUE INDEX claim_that_frees ON claim (id, debit, item, amount);
INSERT INTO claim SELECT id, journal, seal, debit, item, amount, cause FROM claim_old ORDER BY id;
INSERT INTO reservation (debit, item, freed_by, freed_amount)
SELECT c.debit, c.item, c.id, c.amount
  FROM claim c JOIN (SELECT MAX(id) AS last FROM claim GROUP BY debit, item HAVING SUM(amount) = 0) f ON f.last = c.id;
INSERT INTO reservation (debit, item) SELECT debit, item FROM claim GROUP BY debit, item HAVING SUM(amount) <> 0;
DROP TABLE claim_old;
