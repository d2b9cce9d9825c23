-- Money that goes back to its payers: a run of transfers (pain.001), planned and signed like a run of debits.
-- file_number: the order by which the money is paid out, as the town files it (KomHVO NRW § 31).
ALTER TABLE run ADD COLUMN kind TEXT CHECK (kind = 'refund');
ALTER TABLE run ADD COLUMN file_number TEXT CHECK (file_number <> '');

-- One transfer of such a run: what of a credit goes back, and to whom; kassenzeichen: for
-- which the money was meant, as far as its text or its payer told. Of a credit there is one refund at a time: each but
-- the first names the event by which the one before it ended without money having left, and no event is named twice.
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
    former_end     INTEGER,
    former_frees   INTEGER CHECK (former_frees = 1),
    CHECK ((former_end IS NULL) = (former_frees IS NULL)),
    FOREIGN KEY (former_end, booking, former_frees) REFERENCES refund_event (id, booking, frees) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX refund_of_credit ON refund (booking) WHERE former_end IS NULL;
CREATE UNIQUE INDEX refund_after ON refund (former_end);
CREATE UNIQUE INDEX refund_of_booking ON refund (id, booking);
CREATE INDEX refund_by_run ON refund (run);

CREATE TRIGGER refund_is_of_what_came_in BEFORE INSERT ON refund
WHEN NEW.amount > (SELECT amount FROM booking WHERE id = NEW.booking)
BEGIN SELECT RAISE(ABORT, 'a refund is never more than what came in'); END;

-- What becomes of a refund: it falls before its file is written, the bank rejects it, the statement shows it, it comes back. It ends
-- once. frees: no money has left, and the credit can be given back by another refund. told_by: the booking that says so.
CREATE TABLE refund_event (
    id           INTEGER PRIMARY KEY,
    journal      INTEGER NOT NULL,
    seal         INTEGER NOT NULL,
    refund       INTEGER NOT NULL,
    booking      INTEGER NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('cancelled', 'rejected', 'paid', 'came_back')),
    frees        INTEGER NOT NULL CHECK (frees = (kind IN ('cancelled', 'rejected'))),
    day          TEXT NOT NULL CHECK (day = date(day)),
    told_by      INTEGER REFERENCES booking (id),
    source_file  INTEGER REFERENCES source_file (id),
    reason       TEXT CHECK (reason <> ''),
    CHECK ((told_by IS NOT NULL) = (kind IN ('paid', 'came_back'))),
    CHECK ((source_file IS NOT NULL) = (kind = 'rejected')),
    FOREIGN KEY (refund, booking) REFERENCES refund (id, booking)
) STRICT;
CREATE UNIQUE INDEX refund_ends_once ON refund_event (refund) WHERE kind <> 'came_back';
CREATE UNIQUE INDEX refund_comes_back_once ON refund_event (refund) WHERE kind = 'came_back';
CREATE UNIQUE INDEX refund_event_that_frees ON refund_event (id, booking, frees);

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
