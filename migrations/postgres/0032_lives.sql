-- What becomes of a debit after its file: the bank rejects it (told by a status report), credits it, or takes it back.
-- A debit ends once by a report and once by a booking at most, and is credited once: a return that is told twice opens its
-- items once. charges: what the booking took beyond the debit's amount (the bank's fee, the other bank's compensation).
CREATE TABLE debit_event (
    id           BIGINT PRIMARY KEY,
    journal      BIGINT NOT NULL,
    seal         BIGINT NOT NULL,
    debit        BIGINT NOT NULL REFERENCES debit (id),
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('rejected', 'settled', 'returned')),
    day          DATE NOT NULL CHECK (isfinite(day)),
    amount       BIGINT NOT NULL CHECK (amount > 0),
    charges      BIGINT NOT NULL CHECK (charges >= 0),
    booking      BIGINT REFERENCES booking (id),
    source_file  BIGINT REFERENCES source_file (id),
    reason       TEXT COLLATE "C" CHECK (reason <> ''),
    CHECK ((kind = 'rejected') = (source_file IS NOT NULL)),
    CHECK ((kind = 'rejected') = (booking IS NULL)),
    CHECK (charges = 0 OR kind = 'returned')
);
CREATE UNIQUE INDEX debit_event_once ON debit_event (debit, kind);
CREATE INDEX debit_event_by_booking ON debit_event (booking);
CREATE UNIQUE INDEX debit_event_that_ends ON debit_event (id, debit, kind);

-- A debit that was credited, was rejected or came back reserves its items no more: the event that says so stands in the reservation.
ALTER TABLE reservation ADD COLUMN ended_by BIGINT;
ALTER TABLE reservation ADD COLUMN ended_kind TEXT COLLATE "C" CHECK (ended_kind IN ('rejected', 'settled', 'returned'));
ALTER TABLE reservation ADD CHECK ((ended_by IS NULL) = (ended_kind IS NULL));
ALTER TABLE reservation ADD FOREIGN KEY (ended_by, debit, ended_kind) REFERENCES debit_event (id, debit, kind);
DROP INDEX reserved_once;
CREATE UNIQUE INDEX reserved_once ON reservation (item) WHERE freed_by IS NULL AND ended_by IS NULL;

-- What was rejected or came back is held until a person agrees to another try: such a hold names the event.
ALTER TABLE hand_hold ADD COLUMN debit_event BIGINT REFERENCES debit_event (id);
