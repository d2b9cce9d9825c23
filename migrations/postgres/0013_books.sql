-- The books, as the migrations of SQLite up to this number have made them; later numbers come in both folders.
-- Rows that say what happened (facts) are only ever added; each names the journal entry that added it and carries a seal
-- over its own values, and the journal's chain carries a digest of all of them. (No foreign key leads to the journal:
-- its entry is written last; `verify` proves that link.)
-- Amounts are cents. Two tables are no facts: item_state, the counters that the CHECK guards, and reservation.
-- Text is compared byte by byte, as in SQLite.

CREATE TABLE journal (
    seq           BIGINT PRIMARY KEY,
    at            TEXT COLLATE "C" NOT NULL,
    business_day  DATE NOT NULL CHECK (isfinite(business_day)),
    actor         TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    action        TEXT COLLATE "C" NOT NULL,
    subject       TEXT COLLATE "C" NOT NULL,
    reason        TEXT COLLATE "C" NOT NULL,
    previous      TEXT COLLATE "C" NOT NULL,
    hash          TEXT COLLATE "C" NOT NULL UNIQUE
);

-- How many rows of each table a journal entry added, and their digest.
CREATE TABLE journal_facts (
    journal     BIGINT NOT NULL REFERENCES journal (seq) DEFERRABLE INITIALLY DEFERRED,
    table_name  TEXT COLLATE "C" NOT NULL,
    row_count   BIGINT NOT NULL CHECK (row_count > 0),
    digest      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (journal, table_name)
);

CREATE TABLE setting (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    name     TEXT COLLATE "C" NOT NULL UNIQUE,
    value    TEXT COLLATE "C" NOT NULL
);

-- What names a person. Sealed is only the commitment, the digest of a random key and the values:
-- key and values can be erased one day, and the chain still holds.
CREATE TABLE personal (
    id          BIGINT PRIMARY KEY,
    journal     BIGINT NOT NULL,
    seal        BIGINT NOT NULL,
    commitment  TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C",
    name        TEXT COLLATE "C",
    address     TEXT COLLATE "C",
    iban        TEXT COLLATE "C",
    other_iban  TEXT COLLATE "C",
    text        TEXT COLLATE "C",
    additional  TEXT COLLATE "C",
    CHECK (key IS NOT NULL OR (name IS NULL AND address IS NULL AND iban IS NULL AND other_iban IS NULL AND text IS NULL
        AND additional IS NULL))
);

CREATE TABLE source_file (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    sha256   TEXT COLLATE "C" NOT NULL UNIQUE,
    as_of    DATE CHECK (isfinite(as_of))
);

-- A statement proves balances; an advice (camt.054) only tells what a booking of a statement consists of.
CREATE TABLE statement (
    id            BIGINT PRIMARY KEY,
    journal       BIGINT NOT NULL,
    seal          BIGINT NOT NULL,
    source_file   BIGINT NOT NULL REFERENCES source_file (id),
    identity      TEXT COLLATE "C" NOT NULL UNIQUE,
    kind          TEXT COLLATE "C" NOT NULL CHECK (kind IN ('statement', 'advice')),
    member        TEXT COLLATE "C" NOT NULL,
    message       TEXT COLLATE "C" NOT NULL,
    account       TEXT COLLATE "C" NOT NULL,
    statement_id  TEXT COLLATE "C",
    sequence      BIGINT,
    first_day     DATE NOT NULL CHECK (isfinite(first_day)),
    last_day      DATE NOT NULL CHECK (isfinite(last_day)),
    opening       BIGINT,
    closing       BIGINT,
    movement      BIGINT NOT NULL,
    finding       TEXT COLLATE "C"
);

-- What a person has confirmed of an account's balance: the first one we know of, or that nothing moved until a day.
CREATE TABLE confirmation (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    account  TEXT COLLATE "C" NOT NULL,
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind IN ('opening', 'quiet')),
    day      DATE NOT NULL CHECK (isfinite(day)),
    balance  BIGINT NOT NULL,
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

CREATE TABLE entry (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    statement  BIGINT NOT NULL REFERENCES statement (id) DEFERRABLE INITIALLY DEFERRED,
    position   BIGINT NOT NULL,
    amount     BIGINT NOT NULL,
    details    BIGINT NOT NULL,
    booked     DATE NOT NULL CHECK (isfinite(booked)),
    finding    TEXT COLLATE "C",
    UNIQUE (statement, position)
);

CREATE TABLE booking (
    id                    BIGINT PRIMARY KEY,
    journal               BIGINT NOT NULL,
    seal                  BIGINT NOT NULL,
    entry                 BIGINT NOT NULL REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    identity              TEXT COLLATE "C" NOT NULL UNIQUE,
    account               TEXT COLLATE "C" NOT NULL,
    reference             TEXT COLLATE "C" NOT NULL,
    amount                BIGINT NOT NULL CHECK (amount <> 0),
    booked                DATE NOT NULL CHECK (isfinite(booked)),
    valued                DATE CHECK (isfinite(valued)),
    end_to_end_id         TEXT COLLATE "C",
    mandate_reference     TEXT COLLATE "C",
    structured_reference  TEXT COLLATE "C",
    entry_reference       TEXT COLLATE "C",
    batch_reference       TEXT COLLATE "C",
    bank_code             TEXT COLLATE "C",
    proprietary_code      TEXT COLLATE "C",
    class                 TEXT COLLATE "C" NOT NULL,
    return_reason         TEXT COLLATE "C",
    reversal              BIGINT NOT NULL CHECK (reversal IN (0, 1)),
    finding               TEXT COLLATE "C",
    personal              BIGINT NOT NULL REFERENCES personal (id),
    -- the account's balance before it, where its statement fits together: it tells twins apart
    balance_before        BIGINT
);

-- A booking that a later statement tells again: what was skipped, and what it equals.
CREATE TABLE sighting (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    statement  BIGINT NOT NULL REFERENCES statement (id) DEFERRABLE INITIALLY DEFERRED,
    booking    BIGINT NOT NULL REFERENCES booking (id)
);

CREATE TABLE item (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    kassenzeichen  TEXT COLLATE "C" NOT NULL,
    posten         TEXT COLLATE "C" NOT NULL,
    UNIQUE (kassenzeichen, posten)
);

-- What an item's list said of it; the newest counts.
CREATE TABLE assessment (
    id                 BIGINT PRIMARY KEY,
    journal            BIGINT NOT NULL,
    seal               BIGINT NOT NULL,
    source_file        BIGINT NOT NULL REFERENCES source_file (id),
    item               BIGINT NOT NULL REFERENCES item (id),
    kind               TEXT COLLATE "C" NOT NULL,
    due                DATE NOT NULL CHECK (isfinite(due)),
    amount             BIGINT NOT NULL CHECK (amount >= 0),
    paid_before        BIGINT NOT NULL CHECK (paid_before BETWEEN 0 AND amount),
    mahngebuehr        BIGINT NOT NULL CHECK (mahngebuehr >= 0),
    saeumniszuschlag   BIGINT NOT NULL CHECK (saeumniszuschlag >= 0),
    mandate_reference  TEXT COLLATE "C",
    debtor             BIGINT NOT NULL REFERENCES personal (id),
    fee                TEXT COLLATE "C" CHECK (fee IN ('mahngebuehr', 'saeumniszuschlag'))
);

-- What a list said of a mandate; the newest of a reference and Kassenzeichen counts.
CREATE TABLE mandate (
    id               BIGINT PRIMARY KEY,
    journal          BIGINT NOT NULL,
    seal             BIGINT NOT NULL,
    source_file      BIGINT NOT NULL REFERENCES source_file (id),
    reference        TEXT COLLATE "C" NOT NULL,
    kassenzeichen    TEXT COLLATE "C" NOT NULL,
    status           TEXT COLLATE "C" NOT NULL CHECK (status IN ('aktiv', 'widerrufen')),
    scheme           TEXT COLLATE "C" NOT NULL CHECK (scheme IN ('CORE', 'B2B')),
    one_off          BIGINT NOT NULL CHECK (one_off IN (0, 1)),
    signed           DATE NOT NULL CHECK (isfinite(signed)),
    last_used        DATE CHECK (isfinite(last_used)),
    old_reference    TEXT COLLATE "C",
    creditor_id      TEXT COLLATE "C",
    old_creditor_id  TEXT COLLATE "C",
    holder           BIGINT NOT NULL REFERENCES personal (id)
);

-- An account that a later list gave a mandate takes effect when a person has confirmed it: the row that names it.
CREATE TABLE account_confirmation (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    mandate  BIGINT NOT NULL UNIQUE REFERENCES mandate (id),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- What a reference leads to now; the newest row of an old reference counts.
CREATE TABLE alias (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    source_file    BIGINT NOT NULL REFERENCES source_file (id),
    old            TEXT COLLATE "C" NOT NULL CHECK (old <> ''),
    kassenzeichen  TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> '')
);

CREATE TABLE run (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    name       TEXT COLLATE "C" NOT NULL UNIQUE,
    due        DATE NOT NULL CHECK (isfinite(due)),
    planner    TEXT COLLATE "C" NOT NULL CHECK (planner <> '')
);
CREATE UNIQUE INDEX run_and_planner ON run (id, planner);

-- The counters of an item. The constraint is the promise: nothing is claimed twice.
-- amount is the newest assessed amount; where money already stood above a reduced assessment, what stood, but never
-- more than was once assessed.
CREATE TABLE item_state (
    item           BIGINT PRIMARY KEY REFERENCES item (id),
    amount         BIGINT NOT NULL,
    transferred    BIGINT NOT NULL CHECK (transferred >= 0),
    in_collection  BIGINT NOT NULL CHECK (in_collection >= 0),
    collected      BIGINT NOT NULL CHECK (collected >= 0),
    run            BIGINT REFERENCES run (id),
    CHECK (transferred + in_collection + collected <= amount),
    CHECK (in_collection = 0 OR run IS NOT NULL)
);

-- How a booking was decided; the newest counts.
CREATE TABLE verdict (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    booking        BIGINT NOT NULL REFERENCES booking (id),
    decision       TEXT COLLATE "C" NOT NULL CHECK (decision IN ('auto', 'clerk', 'case', 'other', 'returned', 'settlement')),
    by_person      BIGINT NOT NULL CHECK (by_person IN (0, 1)),
    rules          TEXT COLLATE "C" NOT NULL,
    decided_on     DATE NOT NULL CHECK (isfinite(decided_on)),
    confidence     BIGINT CHECK (confidence BETWEEN 0 AND 1000000),
    hold_complete  BIGINT NOT NULL CHECK (hold_complete IN (0, 1)),
    wait_until     DATE CHECK (isfinite(wait_until)),
    evidence       TEXT COLLATE "C" NOT NULL
);

CREATE TABLE allocation (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    verdict  BIGINT NOT NULL REFERENCES verdict (id),
    booking  BIGINT NOT NULL REFERENCES booking (id),
    item     BIGINT NOT NULL REFERENCES item (id),
    amount   BIGINT NOT NULL CHECK (amount <> 0)
);

-- A booking that a person must or once had to decide; its id is the number of the case.
CREATE TABLE case_file (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    booking  BIGINT NOT NULL UNIQUE REFERENCES booking (id)
);

-- What people say of a case: a comment (its text stands in personal, for it may name somebody), or whose it is now ('' for nobody's).
CREATE TABLE case_note (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    case_file  BIGINT NOT NULL REFERENCES case_file (id),
    day        DATE NOT NULL CHECK (isfinite(day)),
    actor      TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    owner      TEXT COLLATE "C",
    comment    BIGINT REFERENCES personal (id),
    CHECK ((owner IS NULL) <> (comment IS NULL))
);

-- What a verdict keeps out of direct debit, as long as it is its booking's newest.
CREATE TABLE hold (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    verdict  BIGINT NOT NULL REFERENCES verdict (id),
    item     BIGINT NOT NULL REFERENCES item (id),
    reason   TEXT COLLATE "C" NOT NULL
);

-- A hold by hand: a Kassenzeichen or one of its items stays out of direct debit, until a day or until two people lift it.
CREATE TABLE hand_hold (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    kassenzeichen  TEXT COLLATE "C" NOT NULL CHECK (kassenzeichen <> ''),
    item           BIGINT REFERENCES item (id),
    reason         TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    until          DATE CHECK (isfinite(until)),
    actor          TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

-- One signature under the lifting of a hold; nobody signs twice.
CREATE TABLE hold_lift (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    hand_hold  BIGINT NOT NULL REFERENCES hand_hold (id),
    reason     TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor      TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    UNIQUE (hand_hold, actor)
);

-- A day as two people have closed it, account by account: what is corrected later is an entry of a later day.
CREATE TABLE day_close (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    day       DATE NOT NULL CHECK (isfinite(day)),
    account   TEXT COLLATE "C" NOT NULL,
    opening   BIGINT NOT NULL,
    incoming  BIGINT NOT NULL CHECK (incoming >= 0),
    outgoing  BIGINT NOT NULL CHECK (outgoing >= 0),
    closing   BIGINT NOT NULL,
    posted    BIGINT NOT NULL,
    in_doubt  BIGINT NOT NULL,
    other     BIGINT NOT NULL,
    head      BIGINT NOT NULL,
    hash      TEXT COLLATE "C" NOT NULL,
    actor     TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second    TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor),
    UNIQUE (day, account),
    CHECK (opening + incoming - outgoing = closing),
    CHECK (posted + in_doubt + other = incoming)
);

-- A recorded decision to waive late fees: who decided it, under which number, for which claims, and why. Two people answer
-- for the record.
CREATE TABLE fee_waiver (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    decided        DATE NOT NULL CHECK (isfinite(decided)),
    authority      TEXT COLLATE "C" NOT NULL CHECK (authority <> ''),
    file_number    TEXT COLLATE "C" NOT NULL CHECK (file_number <> ''),
    ground         TEXT COLLATE "C" NOT NULL CHECK (ground <> ''),
    scope          TEXT COLLATE "C" NOT NULL CHECK (scope IN ('outage', 'kind', 'kassenzeichen', 'item')),
    kind           TEXT COLLATE "C",
    kassenzeichen  TEXT COLLATE "C",
    item           BIGINT REFERENCES item (id),
    due_from       DATE CHECK (isfinite(due_from)),
    due_until      DATE CHECK (isfinite(due_until)),
    actor          TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second         TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor),
    CHECK ((scope = 'kind') = (kind IS NOT NULL)),
    CHECK ((scope IN ('kassenzeichen', 'item')) = (kassenzeichen IS NOT NULL)),
    CHECK ((scope = 'item') = (item IS NOT NULL)),
    CHECK (scope <> 'outage' OR (due_from IS NOT NULL AND due_until IS NOT NULL)),
    CHECK (due_from <= due_until)
);

-- The counter-entry that withdraws such a decision; it is withdrawn once.
CREATE TABLE fee_withdrawal (
    id          BIGINT PRIMARY KEY,
    journal     BIGINT NOT NULL,
    seal        BIGINT NOT NULL,
    fee_waiver  BIGINT NOT NULL UNIQUE REFERENCES fee_waiver (id),
    reason      TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor       TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second      TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

-- What was announced for an outage: which due days are put off to when, and how gently the debits catch up.
CREATE TABLE deferral (
    id            BIGINT PRIMARY KEY,
    journal       BIGINT NOT NULL,
    seal          BIGINT NOT NULL,
    due_from      DATE NOT NULL CHECK (isfinite(due_from)),
    due_until     DATE NOT NULL CHECK (isfinite(due_until)),
    new_due       DATE NOT NULL CHECK (isfinite(new_due)),
    instalments   BIGINT CHECK (instalments > 0),
    days_between  BIGINT NOT NULL CHECK (days_between >= 0),
    announced     DATE NOT NULL CHECK (isfinite(announced)),
    text          TEXT COLLATE "C" NOT NULL CHECK (text <> ''),
    actor         TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    CHECK (due_from <= due_until),
    CHECK (due_from < new_due)
);

-- The levies of a deferral; all where there is none.
CREATE TABLE deferral_kind (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    deferral  BIGINT NOT NULL REFERENCES deferral (id),
    kind      TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    UNIQUE (deferral, kind)
);

-- The counter-entry that ends a deferral, under two names: what it put off may be collected again.
CREATE TABLE deferral_end (
    id        BIGINT PRIMARY KEY,
    journal   BIGINT NOT NULL,
    seal      BIGINT NOT NULL,
    deferral  BIGINT NOT NULL UNIQUE REFERENCES deferral (id),
    reason    TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor     TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    second    TEXT COLLATE "C" NOT NULL CHECK (second <> '' AND second <> actor)
);

CREATE TABLE debit (
    id             BIGINT PRIMARY KEY,
    journal        BIGINT NOT NULL,
    seal           BIGINT NOT NULL,
    run            BIGINT NOT NULL REFERENCES run (id),
    end_to_end_id  TEXT COLLATE "C" NOT NULL UNIQUE,
    mandate        BIGINT NOT NULL REFERENCES mandate (id),
    kassenzeichen  TEXT COLLATE "C" NOT NULL
);

-- A claim needs its reservation, is made once, and from then on only falls.
CREATE TABLE claim (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    debit    BIGINT NOT NULL REFERENCES debit (id),
    item     BIGINT NOT NULL REFERENCES item (id),
    amount   BIGINT NOT NULL CHECK (amount <> 0),
    cause    TEXT COLLATE "C" NOT NULL CHECK (cause IN ('planned', 'lowered', 'cancelled')),
    CHECK ((cause = 'planned') = (amount > 0))
);
CREATE UNIQUE INDEX claim_that_frees ON claim (id, debit, item, amount);

-- No item in two living debits. Which debit holds which item, until the claim that frees it (by money, doubt, or the
-- run's end) is named; one item is held by one debit at a time. No fact: what the claims say, proved by `verify`.
CREATE TABLE reservation (
    debit         BIGINT NOT NULL REFERENCES debit (id),
    item          BIGINT NOT NULL REFERENCES item (id),
    freed_by      BIGINT,
    freed_amount  BIGINT CHECK (freed_amount < 0),
    PRIMARY KEY (debit, item),
    CHECK ((freed_by IS NULL) = (freed_amount IS NULL)),
    FOREIGN KEY (freed_by, debit, item, freed_amount) REFERENCES claim (id, debit, item, amount)
);
ALTER TABLE claim ADD FOREIGN KEY (debit, item) REFERENCES reservation (debit, item) DEFERRABLE INITIALLY DEFERRED;

-- What a plan left out, and why.
CREATE TABLE left_out (
    id         BIGINT PRIMARY KEY,
    journal    BIGINT NOT NULL,
    seal       BIGINT NOT NULL,
    run        BIGINT NOT NULL REFERENCES run (id),
    item       BIGINT NOT NULL REFERENCES item (id),
    amount     BIGINT NOT NULL,
    reason     TEXT COLLATE "C" NOT NULL,
    case_file  BIGINT REFERENCES case_file (id)
);

-- What a debtor was told of a debit.
CREATE TABLE notice (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    debit    BIGINT NOT NULL REFERENCES debit (id),
    amount   BIGINT NOT NULL CHECK (amount > 0),
    due      DATE NOT NULL CHECK (isfinite(due)),
    sent     DATE NOT NULL CHECK (isfinite(sent)),
    manner   TEXT COLLATE "C" NOT NULL
);

CREATE TABLE run_event (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    run      BIGINT NOT NULL REFERENCES run (id),
    kind     TEXT COLLATE "C" NOT NULL CHECK (kind <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> ''),
    day      DATE NOT NULL CHECK (isfinite(day)),
    at       TEXT COLLATE "C" NOT NULL,
    sha256   TEXT COLLATE "C",
    second   TEXT COLLATE "C" CHECK (second <> '' AND second <> actor),
    note     TEXT COLLATE "C" CHECK (note <> ''),
    planner  TEXT COLLATE "C" NOT NULL,
    round    BIGINT NOT NULL CHECK (round >= 0),
    FOREIGN KEY (run, planner) REFERENCES run (id, planner),
    CHECK (kind NOT IN ('signed', 'released') OR actor <> planner),
    CHECK (kind <> 'sent' OR note IS NOT NULL),
    CHECK (kind <> 'void' OR (second IS NOT NULL AND note IS NOT NULL))
);

-- A reminder that was written: of which item, over how much, on which day.
CREATE TABLE reminder (
    id       BIGINT PRIMARY KEY,
    journal  BIGINT NOT NULL,
    seal     BIGINT NOT NULL,
    item     BIGINT NOT NULL REFERENCES item (id),
    amount   BIGINT NOT NULL CHECK (amount > 0),
    day      DATE NOT NULL CHECK (isfinite(day)),
    reason   TEXT COLLATE "C" NOT NULL CHECK (reason <> ''),
    actor    TEXT COLLATE "C" NOT NULL CHECK (actor <> '')
);

CREATE INDEX booking_by_day ON booking (account, booked);
CREATE INDEX booking_by_entry ON booking (entry);
CREATE INDEX assessment_by_item ON assessment (item);
CREATE INDEX verdict_by_booking ON verdict (booking);
CREATE INDEX allocation_by_booking ON allocation (booking);
CREATE INDEX hold_by_verdict ON hold (verdict);
CREATE INDEX debit_by_run ON debit (run);
CREATE INDEX claim_by_debit ON claim (debit);
CREATE INDEX left_out_by_run ON left_out (run);
CREATE INDEX run_event_by_run ON run_event (run);
CREATE INDEX sighting_by_statement ON sighting (statement);
CREATE UNIQUE INDEX signed_once ON run_event (run, round, actor) WHERE kind IN ('signed', 'released');
CREATE UNIQUE INDEX reserved_once ON reservation (item) WHERE freed_by IS NULL;
CREATE UNIQUE INDEX claimed_once ON claim (debit, item) WHERE amount > 0;
CREATE INDEX case_note_by_case ON case_note (case_file);

CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal FOR EACH ROW EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal FOR EACH ROW EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_is_never_emptied BEFORE TRUNCATE ON journal EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_facts_are_never_changed BEFORE UPDATE ON journal_facts FOR EACH ROW EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_facts_are_never_deleted BEFORE DELETE ON journal_facts FOR EACH ROW EXECUTE FUNCTION refuse('the journal is append-only');
CREATE TRIGGER journal_facts_are_never_emptied BEFORE TRUNCATE ON journal_facts EXECUTE FUNCTION refuse('the journal is append-only');

-- A fee stays a fee, and principal stays principal, whatever a later list says.
CREATE FUNCTION keep_what_an_item_is() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM assessment WHERE item = NEW.item AND fee IS DISTINCT FROM NEW.fee) THEN
        RAISE EXCEPTION 'a fee stays a fee, and principal stays principal' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER assessment_keeps_what_an_item_is BEFORE INSERT ON assessment FOR EACH ROW EXECUTE FUNCTION keep_what_an_item_is();

-- No direct debit ever contains a fee.
CREATE FUNCTION take_no_fee() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM assessment WHERE item = NEW.item AND fee IS NOT NULL) THEN
        RAISE EXCEPTION 'a fee is never collected' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER claim_never_takes_a_fee BEFORE INSERT ON claim FOR EACH ROW EXECUTE FUNCTION take_no_fee();
