-- What becomes of a debit after its file: the bank rejects it (told by a status report), credits it, or takes it back.
-- A debit ends once by a report and once by a booking at most, and is credited once: a return that is told twice opens its
-- items once. charges: what the booking took beyond the debit's amount (the bank's fee, the other bank's compensation).
CREATE TABLE debit_event (
    id           INTEGER PRIMARY KEY,
    journal      INTEGER NOT NULL,
    seal         INTEGER NOT NULL,
    debit        INTEGER NOT NULL REFERENCES debit (id),
    kind         TEXT NOT NULL CHECK (kind IN ('rejected', 'settled', 'returned')),
    day          TEXT NOT NULL CHECK (day = date(day)),
    amount       INTEGER NOT NULL CHECK (amount > 0),
    charges      INTEGER NOT NULL CHECK (charges >= 0),
    booking      INTEGER REFERENCES booking (id),
    source_file  INTEGER REFERENCES source_file (id),
    reason       TEXT CHECK (reason <> ''),
    CHECK ((kind = 'rejected') = (source_file IS NOT NULL)),
    CHECK ((kind = 'rejected') = (booking IS NULL)),
    CHECK (charges = 0 OR kind = 'returned')
) STRICT;
CREATE UNIQUE INDEX debit_event_once ON debit_event (debit, kind);
CREATE INDEX debit_event_by_booking ON debit_event (booking);
CREATE UNIQUE INDEX debit_event_that_ends ON debit_event (id, debit, kind);

-- A debit that was credited, was rejected or came back reserves its items no more: the event that says so stands in the reservation. A
-- constraint changes only with its table; claims refer to it, and are asked at the end, when the rows are back.
PRAGMA defer_foreign_keys = ON;
CREATE TABLE reservation_before AS SELECT debit, item, freed_by, freed_amount FROM reservation;
DROP TABLE reservation;
CREATE TABLE reservation (
    debit         INTEGER NOT NULL REFERENCES debit (id),
    item          INTEGER NOT NULL REFERENCES item (id),
    freed_by      INTEGER,
    freed_amount  INTEGER CHECK (freed_amount < 0),
    ended_by      INTEGER,
    ended_kind    TEXT CHECK (ended_kind IN ('rejected', 'settled', 'returned')),
    PRIMARY KEY (debit, item),
    CHECK ((freed_by IS NULL) = (freed_amount IS NULL)),
    CHECK ((ended_by IS NULL) = (ended_kind IS NULL)),
    FOREIGN KEY (freed_by, debit, item, freed_amount) REFERENCES claim (id, debit, item, amount),
    FOREIGN KEY (ended_by, debit, ended_kind) REFERENCES debit_event (id, debit, kind)
) STRICT, WITHOUT ROWID;
INSERT INTO reservation (debit, item, freed_by, freed_amount)
SELECT debit, item, freed_by, freed_amount FROM reservation_before ORDER BY debit, item;
DROP TABLE reservation_before;
CREATE UNIQUE INDEX reserved_once ON reservation (item) WHERE freed_by IS NULL AND ended_by IS NULL;

-- What was rejected or came back is held until a person agrees to another try: such a hold names the event.
ALTER TABLE hand_hold ADD COLUMN debit_event INTEGER REFERENCES debit_event (id);
