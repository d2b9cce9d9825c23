-- Money that goes back to its payers: a run of transfers (pain.001), planned and signed like a run of debits.
-- file_number: the order by which the money is paid out, as the town files it (KomHVO NRW § 31).
ALTER TABLE run ADD COLUMN kind TEXT COLLATE "C" CHECK (kind = 'refund');
ALTER TABLE run ADD COLUMN file_number TEXT COLLATE "C" CHECK (file_number <> '');

-- One transfer of such a run: what of a credit goes back, and to whom; kassenzeichen: for
-- which the money was meant, as far as its text or its payer told. Of a credit there is one refund at a time: each but
-- the first names the event by which the one before it ended, and no event is named twice. paid_before: what went back of the
-- credit by refunds before it.
CREATE TABLE refund (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    run            BIGINT NOT NULL REFERENCES run (id),
    end_to_end_id  TEXT COLLATE "C" NOT NULL UNIQUE,
    booking        BIGINT NOT NULL REFERENCES booking (id),
    amount         BIGINT NOT NULL CHECK (amount > 0),
    payee          BIGINT NOT NULL REFERENCES personal (id),
    kassenzeichen  TEXT COLLATE "C" CHECK (kassenzeichen <> ''),
    paid_before    BIGINT NOT NULL CHECK (paid_before >= 0),
    former_end     BIGINT,
    former_ends    BIGINT CHECK (former_ends = 1),
    CHECK ((former_end IS NULL) = (former_ends IS NULL)),
    CHECK (former_end IS NOT NULL OR paid_before = 0)
);
CREATE UNIQUE INDEX refund_of_credit ON refund (booking) WHERE former_end IS NULL;
CREATE UNIQUE INDEX refund_after ON refund (former_end);
CREATE UNIQUE INDEX refund_of_booking ON refund (id, booking);
CREATE INDEX refund_by_run ON refund (run);

CREATE FUNCTION refund_what_came_in() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.amount + NEW.paid_before > (SELECT amount FROM booking WHERE id = NEW.booking) THEN
        RAISE EXCEPTION 'a refund is never more than what came in' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER refund_is_of_what_came_in BEFORE INSERT ON refund FOR EACH ROW EXECUTE FUNCTION refund_what_came_in();

-- What becomes of a refund: it falls before its file is written, the bank rejects it, the statement shows it, it comes back. A
-- refund that was rejected can be paid all the same. ends: another refund of the credit may follow. told_by: the booking that says so.
CREATE TABLE refund_event (
    id           BIGINT PRIMARY KEY,
    journal      BIGINT NOT NULL,
    seal         BIGINT NOT NULL,
    refund       BIGINT NOT NULL,
    booking      BIGINT NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL CHECK (kind IN ('cancelled', 'rejected', 'paid', 'came_back')),
    ends         BIGINT NOT NULL CHECK (ends = CASE WHEN kind = 'came_back' THEN 0 ELSE 1 END),
    day          DATE NOT NULL CHECK (isfinite(day)),
    told_by      BIGINT REFERENCES booking (id),
    source_file  BIGINT REFERENCES source_file (id),
    reason       TEXT COLLATE "C" CHECK (reason <> ''),
    CHECK ((told_by IS NOT NULL) = (kind IN ('paid', 'came_back'))),
    CHECK ((source_file IS NOT NULL) = (kind = 'rejected')),
    FOREIGN KEY (refund, booking) REFERENCES refund (id, booking)
);
CREATE UNIQUE INDEX refund_event_once ON refund_event (refund, kind);
CREATE UNIQUE INDEX refund_ends_in_one_way ON refund_event (refund) WHERE kind IN ('cancelled', 'paid');
CREATE UNIQUE INDEX refund_event_that_ends ON refund_event (id, booking, ends);
ALTER TABLE refund ADD FOREIGN KEY (former_end, booking, former_ends)
    REFERENCES refund_event (id, booking, ends) DEFERRABLE INITIALLY DEFERRED;

-- Two people decide to which account a credit goes back that does not go back to where it came from.
CREATE TABLE refund_account (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    booking  BIGINT NOT NULL REFERENCES booking (id),
    payee    BIGINT NOT NULL REFERENCES personal (id),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second   TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);
