-- Money that goes back to its payers: a run of transfers (pain.001), planned and signed like a run of debits.
-- file_number: the order by which the money is paid out, as the town files it (KomHVO NRW § 31).
ALTER TABLE run ADD COLUMN kind TEXT CHECK (kind = 'refund');
ALTER TABLE run ADD COLUMN file_number TEXT CHECK (file_number <> '');

-- One transfer of such a run: what of a credit goes back, and to whom; kassenzeichen: for
-- which the money was meant, as far as its text or its payer told. Of a credit there is one refund at a time: each but
-- the first names the event by which the one before it ended, and no event is named twice. paid_before: what went back of the
-- credit by refunds before it.
CREATE TABLE refund (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    run            INTEGER NOT NULL REFERENCES run (id),
    end_to_end_id  TEXT NOT NULL UNIQUE,
    booking        INTEGER NOT NULL REFERENCES booking (id),
    amount         INTEGER NOT NULL CHECK (amount > 0),
    payee          INTEGER NOT NULL REFERENCES personal (id),
    kassenzeichen  TEXT CHECK (kassenzeichen <> ''),
    paid_before    INTEGER NOT NULL CHECK (paid_before >= 0),
    former_end     INTEGER,
    former_ends    INTEGER CHECK (former_ends = 1),
    CHECK ((former_end IS NULL) = (former_ends IS NULL)),
    CHECK (former_end IS NOT NULL OR paid_before = 0),
    FOREIGN KEY (former_end, booking, former_ends) REFERENCES refund_event (id, booking, ends) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX refund_of_credit ON refund (booking) WHERE former_end IS NULL;
CREATE UNIQUE INDEX refund_after ON refund (former_end);
CREATE UNIQUE INDEX refund_of_booking ON refund (id, booking);
CREATE INDEX refund_by_run ON refund (run);

CREATE TRIGGER refund_is_of_what_came_in BEFORE INSERT ON refund
WHEN NEW.amount + NEW.paid_before > (SELECT amount FROM booking WHERE id = NEW.booking)
BEGIN SELECT RAISE(ABORT, 'a refund is never more than what came in'); END;

-- What becomes of a refund: it falls before its file is written, the bank rejects it, the statement shows it, it comes back. A
-- refund that was rejected can be paid all the same. ends: another refund of the credit may follow. told_by: the booking that says so.
CREATE TABLE refund_event (
    id           INTEGER PRIMARY KEY,
    journal      INTEGER NOT NULL,
    seal         INTEGER NOT NULL,
    refund       INTEGER NOT NULL,
    booking      INTEGER NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('cancelled', 'rejected', 'paid', 'came_back')),
    ends         INTEGER NOT NULL CHECK (ends = (kind <> 'came_back')),
    day          TEXT NOT NULL CHECK (day = date(day)),
    told_by      INTEGER REFERENCES booking (id),
    source_file  INTEGER REFERENCES source_file (id),
    reason       TEXT CHECK (reason <> ''),
    CHECK ((told_by IS NOT NULL) = (kind IN ('paid', 'came_back'))),
    CHECK ((source_file IS NOT NULL) = (kind = 'rejected')),
    FOREIGN KEY (refund, booking) REFERENCES refund (id, booking)
) STRICT;
CREATE UNIQUE INDEX refund_event_once ON refund_event (refund, kind);
CREATE UNIQUE INDEX refund_ends_in_one_way ON refund_event (refund) WHERE kind IN ('cancelled', 'paid');
CREATE UNIQUE INDEX refund_event_that_ends ON refund_event (id, booking, ends);

-- Two people decide to which account a credit goes back that does not go back to where it came from.
CREATE TABLE refund_account (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    booking  INTEGER NOT NULL REFERENCES booking (id),
    payee    INTEGER NOT NULL REFERENCES personal (id),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    second   TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;
