-- The books. Rows that say what happened (facts) are only ever added; each names the journal entry that added it
-- and carries a seal over its own values, and the journal's chain carries a digest of all of them. (No foreign key
-- leads to the journal: its entry is written last, and SQLite would search every table for rows that wait for it;
-- `verify` proves that link.)
-- Amounts are cents. Days are ISO dates. One table is not a fact: item_state, the counters that the CHECK guards.

CREATE TABLE journal (
    seq           INTEGER PRIMARY KEY,
    at            TEXT NOT NULL,
    business_day  TEXT NOT NULL CHECK (business_day = date(business_day)),
    actor         TEXT NOT NULL CHECK (actor <> ''),
    action        TEXT NOT NULL,
    subject       TEXT NOT NULL,
    reason        TEXT NOT NULL,
    previous      TEXT NOT NULL,
    hash          TEXT NOT NULL UNIQUE
) STRICT;

-- How many rows of each table a journal entry added, and their digest.
CREATE TABLE journal_facts (
    journal     INTEGER NOT NULL REFERENCES journal (seq) DEFERRABLE INITIALLY DEFERRED,
    table_name  TEXT NOT NULL,
    row_count   INTEGER NOT NULL CHECK (row_count > 0),
    digest      TEXT NOT NULL,
    PRIMARY KEY (journal, table_name)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_facts_are_never_changed BEFORE UPDATE ON journal_facts BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_facts_are_never_deleted BEFORE DELETE ON journal_facts BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

CREATE TABLE setting (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    name     TEXT NOT NULL UNIQUE,
    value    TEXT NOT NULL
) STRICT;

-- What names a person. Sealed is only the commitment, the digest of a random key and the values:
-- key and values can be erased one day, and the chain still holds.
CREATE TABLE personal (
    id          INTEGER PRIMARY KEY,
    journal     INTEGER NOT NULL,
    seal        INTEGER NOT NULL,
    commitment  TEXT NOT NULL,
    key         TEXT,
    name        TEXT,
    address     TEXT,
    iban        TEXT,
    other_iban  TEXT,
    text        TEXT,
    additional  TEXT,
    CHECK (key IS NOT NULL OR (name IS NULL AND address IS NULL AND iban IS NULL AND other_iban IS NULL AND text IS NULL
        AND additional IS NULL))
) STRICT;

CREATE TABLE source_file (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('statements', 'open_items', 'mandates')),
    sha256   TEXT NOT NULL UNIQUE,
    as_of    TEXT CHECK (as_of = date(as_of))
) STRICT;

-- A statement proves balances; an advice (camt.054) only tells what a booking of a statement consists of.
CREATE TABLE statement (
    id            INTEGER PRIMARY KEY,
    journal       INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    source_file   INTEGER NOT NULL REFERENCES source_file (id),
    identity      TEXT NOT NULL UNIQUE,
    kind          TEXT NOT NULL CHECK (kind IN ('statement', 'advice')),
    member        TEXT NOT NULL,
    message       TEXT NOT NULL,
    account       TEXT NOT NULL,
    statement_id  TEXT,
    sequence      INTEGER,
    first_day     TEXT NOT NULL CHECK (first_day = date(first_day)),
    last_day      TEXT NOT NULL CHECK (last_day = date(last_day)),
    opening       INTEGER,
    closing       INTEGER,
    movement      INTEGER NOT NULL,
    finding       TEXT
) STRICT;

-- What a person has confirmed of an account's balance: the first one we know of, or that nothing moved until a day.
CREATE TABLE confirmation (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    account  TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('opening', 'quiet')),
    day      TEXT NOT NULL CHECK (day = date(day)),
    balance  INTEGER NOT NULL,
    actor    TEXT NOT NULL CHECK (actor <> '')
) STRICT;

CREATE TABLE entry (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    statement  INTEGER NOT NULL REFERENCES statement (id) DEFERRABLE INITIALLY DEFERRED,
    position   INTEGER NOT NULL,
    amount     INTEGER NOT NULL,
    details    INTEGER NOT NULL,
    booked     TEXT NOT NULL CHECK (booked = date(booked)),
    finding    TEXT,
    UNIQUE (statement, position)
) STRICT;

CREATE TABLE booking (
    id                    INTEGER PRIMARY KEY,
    journal               INTEGER NOT NULL,
    seal                  INTEGER NOT NULL,
    entry                 INTEGER NOT NULL REFERENCES entry (id) DEFERRABLE INITIALLY DEFERRED,
    identity              TEXT NOT NULL UNIQUE,
    account               TEXT NOT NULL,
    reference             TEXT NOT NULL,
    amount                INTEGER NOT NULL CHECK (amount <> 0),
    booked                TEXT NOT NULL CHECK (booked = date(booked)),
    valued                TEXT CHECK (valued = date(valued)),
    end_to_end_id         TEXT,
    mandate_reference     TEXT,
    structured_reference  TEXT,
    entry_reference       TEXT,
    batch_reference       TEXT,
    bank_code             TEXT,
    proprietary_code      TEXT,
    class                 TEXT NOT NULL,
    return_reason         TEXT,
    reversal              INTEGER NOT NULL CHECK (reversal IN (0, 1)),
    finding               TEXT,
    personal              INTEGER NOT NULL REFERENCES personal (id)
) STRICT;

CREATE INDEX booking_by_day ON booking (account, booked);
CREATE INDEX booking_by_entry ON booking (entry);

CREATE TABLE item (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    kassenzeichen  TEXT NOT NULL,
    posten         TEXT NOT NULL,
    UNIQUE (kassenzeichen, posten)
) STRICT;

-- What an item's list said of it; the newest counts.
CREATE TABLE assessment (
    id                 INTEGER PRIMARY KEY,
    journal            INTEGER NOT NULL,
    seal               INTEGER NOT NULL,
    source_file        INTEGER NOT NULL REFERENCES source_file (id),
    item               INTEGER NOT NULL REFERENCES item (id),
    kind               TEXT NOT NULL,
    due                TEXT NOT NULL CHECK (due = date(due)),
    amount             INTEGER NOT NULL CHECK (amount >= 0),
    paid_before        INTEGER NOT NULL CHECK (paid_before BETWEEN 0 AND amount),
    mahngebuehr        INTEGER NOT NULL CHECK (mahngebuehr >= 0),
    saeumniszuschlag   INTEGER NOT NULL CHECK (saeumniszuschlag >= 0),
    mandate_reference  TEXT,
    debtor             INTEGER NOT NULL REFERENCES personal (id)
) STRICT;
CREATE INDEX assessment_by_item ON assessment (item);

-- What a list said of a mandate; the newest of a reference and Kassenzeichen counts.
CREATE TABLE mandate (
    id               INTEGER PRIMARY KEY,
    journal          INTEGER NOT NULL,
    seal             INTEGER NOT NULL,
    source_file      INTEGER NOT NULL REFERENCES source_file (id),
    reference        TEXT NOT NULL,
    kassenzeichen    TEXT NOT NULL,
    status           TEXT NOT NULL CHECK (status IN ('aktiv', 'widerrufen')),
    scheme           TEXT NOT NULL CHECK (scheme IN ('CORE', 'B2B')),
    one_off          INTEGER NOT NULL CHECK (one_off IN (0, 1)),
    signed           TEXT NOT NULL CHECK (signed = date(signed)),
    last_used        TEXT CHECK (last_used = date(last_used)),
    old_reference    TEXT,
    creditor_id      TEXT,
    old_creditor_id  TEXT,
    holder           INTEGER NOT NULL REFERENCES personal (id)
) STRICT;

-- The counters of an item. The constraint is the promise: nothing is claimed twice.
-- amount is the newest assessed amount; where money already stood above a reduced assessment, what stood, but never
-- more than was once assessed.
CREATE TABLE item_state (
    item           INTEGER PRIMARY KEY REFERENCES item (id),
    amount         INTEGER NOT NULL,
    transferred    INTEGER NOT NULL CHECK (transferred >= 0),
    in_collection  INTEGER NOT NULL CHECK (in_collection >= 0),
    collected      INTEGER NOT NULL CHECK (collected >= 0),
    run            INTEGER REFERENCES run (id),
    CHECK (transferred + in_collection + collected <= amount),
    CHECK (in_collection = 0 OR run IS NOT NULL)
) STRICT;

-- How a booking was decided; the newest counts.
CREATE TABLE verdict (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    booking        INTEGER NOT NULL REFERENCES booking (id),
    decision       TEXT NOT NULL CHECK (decision IN ('auto', 'clerk', 'case', 'other', 'returned', 'settlement')),
    by_person      INTEGER NOT NULL CHECK (by_person IN (0, 1)),
    rules          TEXT NOT NULL,
    decided_on     TEXT NOT NULL CHECK (decided_on = date(decided_on)),
    confidence     INTEGER CHECK (confidence BETWEEN 0 AND 1000000),
    hold_complete  INTEGER NOT NULL CHECK (hold_complete IN (0, 1)),
    wait_until     TEXT CHECK (wait_until = date(wait_until)),
    evidence       TEXT NOT NULL
) STRICT;
CREATE INDEX verdict_by_booking ON verdict (booking);

CREATE TABLE allocation (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    verdict  INTEGER NOT NULL REFERENCES verdict (id),
    booking  INTEGER NOT NULL REFERENCES booking (id),
    item     INTEGER NOT NULL REFERENCES item (id),
    amount   INTEGER NOT NULL CHECK (amount <> 0)
) STRICT;
CREATE INDEX allocation_by_booking ON allocation (booking);

-- A booking that a person must or once had to decide; its id is the number of the case.
CREATE TABLE case_file (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    booking  INTEGER NOT NULL UNIQUE REFERENCES booking (id)
) STRICT;

-- What a verdict keeps out of direct debit, as long as it is its booking's newest.
CREATE TABLE hold (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    verdict  INTEGER NOT NULL REFERENCES verdict (id),
    item     INTEGER NOT NULL REFERENCES item (id),
    reason   TEXT NOT NULL
) STRICT;
CREATE INDEX hold_by_verdict ON hold (verdict);

CREATE TABLE run (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    name       TEXT NOT NULL UNIQUE,
    due        TEXT NOT NULL CHECK (due = date(due)),
    planner    TEXT NOT NULL CHECK (planner <> '')
) STRICT;

CREATE TABLE debit (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    run            INTEGER NOT NULL REFERENCES run (id),
    end_to_end_id  TEXT NOT NULL UNIQUE,
    mandate        INTEGER NOT NULL REFERENCES mandate (id),
    kassenzeichen  TEXT NOT NULL
) STRICT;
CREATE INDEX debit_by_run ON debit (run);

-- What a debit claims of an item: planned, and lowered by counter-entries.
CREATE TABLE claim (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    debit    INTEGER NOT NULL REFERENCES debit (id),
    item     INTEGER NOT NULL REFERENCES item (id),
    amount   INTEGER NOT NULL CHECK (amount <> 0),
    cause    TEXT NOT NULL CHECK (cause IN ('planned', 'lowered', 'cancelled'))
) STRICT;
CREATE INDEX claim_by_debit ON claim (debit);

-- What a plan left out, and why.
CREATE TABLE left_out (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    run        INTEGER NOT NULL REFERENCES run (id),
    item       INTEGER NOT NULL REFERENCES item (id),
    amount     INTEGER NOT NULL,
    reason     TEXT NOT NULL,
    case_file  INTEGER REFERENCES case_file (id)
) STRICT;
CREATE INDEX left_out_by_run ON left_out (run);

-- What a debtor was told of a debit.
CREATE TABLE notice (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    debit    INTEGER NOT NULL REFERENCES debit (id),
    amount   INTEGER NOT NULL CHECK (amount > 0),
    due      TEXT NOT NULL CHECK (due = date(due)),
    sent     TEXT NOT NULL CHECK (sent = date(sent)),
    manner   TEXT NOT NULL
) STRICT;

CREATE TABLE run_event (
    id      INTEGER PRIMARY KEY,
    journal INTEGER NOT NULL,
    seal    INTEGER NOT NULL,
    run     INTEGER NOT NULL REFERENCES run (id),
    kind    TEXT NOT NULL CHECK (kind IN ('announced', 'signed', 'released', 'voided', 'exported', 'cancelled')),
    actor   TEXT NOT NULL CHECK (actor <> ''),
    day     TEXT NOT NULL CHECK (day = date(day)),
    at      TEXT NOT NULL,
    sha256  TEXT
) STRICT;
CREATE INDEX run_event_by_run ON run_event (run);
