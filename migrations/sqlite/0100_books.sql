-- The books. Rows that say what happened (facts) are only ever added; each names the journal entry that added it and
-- carries a seal over its own values, and the journal's chain carries a digest of all of them. No foreign key leads
-- to the journal: its entry is written last, and SQLite would search every table for rows that wait for it; `verify`
-- proves that link. Amounts are cents, days ISO dates, moments seconds since 1970 or RFC 3339. What is no fact says
-- so.

-- =====================================
-- The journal, and what the books go by
-- =====================================

-- What was done, by whom, when and why; each entry carries the digest of the one before it.
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
CREATE TRIGGER journal_is_never_changed BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_is_never_deleted BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- How many rows of each table a journal entry added, and their digest.
CREATE TABLE journal_facts (
    journal     INTEGER NOT NULL REFERENCES journal (seq) DEFERRABLE INITIALLY DEFERRED,
    table_name  TEXT NOT NULL,
    row_count   INTEGER NOT NULL CHECK (row_count > 0),
    digest      TEXT NOT NULL,
    PRIMARY KEY (journal, table_name)
) STRICT, WITHOUT ROWID;
CREATE TRIGGER journal_facts_are_never_changed BEFORE UPDATE ON journal_facts BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER journal_facts_are_never_deleted BEFORE DELETE ON journal_facts BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- What the books know of themselves from the first day on: their code, and the name of the town.
CREATE TABLE setting (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    name     TEXT NOT NULL UNIQUE,
    value    TEXT NOT NULL
) STRICT;

-- What changed in the settings since the last change of the books: a row per key, with what stood there before and
-- after.
CREATE TABLE setting_change (
    id            INTEGER PRIMARY KEY,
    journal       INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    name          TEXT NOT NULL CHECK (name <> ''),
    before_value  TEXT,
    after_value   TEXT
) STRICT;

-- Two people say that the books go on at an earlier business day: an entry was made under a date that had not come.
CREATE TABLE day_correction (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    day      TEXT NOT NULL CHECK (day = date(day)),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    second   TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- What became of these books as a whole: restored from a backup or copied from elsewhere (then ids for the bank carry
-- a new part from here on, and nothing is collected until two people vouch for the payment files), unlocked again,
-- retired because they go on elsewhere, or revived because the copy never had an entry of its own.
CREATE TABLE instance_event (
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

-- No fact: these books are a backup, made at this moment; nothing is changed in them. What is restored from them has
-- no such row.
CREATE TABLE backup_mark (
    made_at  TEXT PRIMARY KEY CHECK (made_at <> '')
) STRICT, WITHOUT ROWID;

-- ===============================
-- People, and how they are proven
-- ===============================

-- Who works with the program. The newest row of a name counts. `credential` is the digest of what stands in the table
-- of that name, so that a password that was changed by hand is found. once: an administrator has set the password; it
-- serves to set an own one. Nobody gets rights by one person alone: second is who confirmed what another gave.
CREATE TABLE staff (
    id          INTEGER PRIMARY KEY,
    journal     INTEGER NOT NULL,
    seal        INTEGER NOT NULL,
    name        TEXT NOT NULL CHECK (name <> ''),
    roles       TEXT NOT NULL,
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    credential  TEXT,
    actor       TEXT NOT NULL CHECK (actor <> ''),
    second      TEXT CHECK (second <> '' AND second <> actor AND second <> name),
    once        INTEGER CHECK (once = 1)
) STRICT;

-- What one person gave another, and what is in force once a second has confirmed it: roles, or a password (its
-- digest).
CREATE TABLE staff_request (
    id          INTEGER PRIMARY KEY,
    journal     INTEGER NOT NULL,
    seal        INTEGER NOT NULL,
    name        TEXT NOT NULL CHECK (name <> ''),
    roles       TEXT CHECK (roles <> ''),
    credential  TEXT CHECK (credential <> ''),
    actor       TEXT NOT NULL CHECK (actor <> '' AND actor <> name),
    CHECK ((roles IS NULL) <> (credential IS NULL)),
    UNIQUE (id, actor, name)
) STRICT;

-- The second person's answer. `asked_by` and `name` repeat those of the request, so that nobody confirms what he
-- asked for, or what he is given.
CREATE TABLE staff_answer (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    staff_request  INTEGER NOT NULL UNIQUE,
    answer         TEXT NOT NULL CHECK (answer IN ('confirmed', 'withdrawn')),
    actor          TEXT NOT NULL CHECK (actor <> ''),
    asked_by       TEXT NOT NULL,
    name           TEXT NOT NULL,
    CHECK (answer <> 'confirmed' OR (actor <> asked_by AND actor <> name)),
    FOREIGN KEY (staff_request, asked_by, name) REFERENCES staff_request (id, actor, name)
) STRICT;

-- How the people who answer for a journal entry were proven; none where nobody is registered.
CREATE TABLE proof (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    actor    TEXT NOT NULL CHECK (actor <> ''),
    manner   TEXT NOT NULL CHECK (manner IN ('password', 'token', 'session'))
) STRICT;

-- A token acts as a person, with the rights that its scopes leave. Stored is its digest alone.
CREATE TABLE access_token (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    staff    TEXT NOT NULL CHECK (staff <> ''),
    label    TEXT NOT NULL CHECK (label <> ''),
    scopes   TEXT NOT NULL,
    digest   TEXT NOT NULL UNIQUE,
    until    TEXT CHECK (until = date(until)),
    actor    TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- A token that is good for nothing any more.
CREATE TABLE access_token_end (
    id            INTEGER PRIMARY KEY,
    journal       INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    access_token  INTEGER NOT NULL UNIQUE REFERENCES access_token (id),
    actor         TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- No fact: passwords as argon2 keeps them.
CREATE TABLE credential (
    staff  TEXT PRIMARY KEY,
    hash   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- No fact: the password that waits for a second person, as argon2 keeps it.
CREATE TABLE credential_asked (
    staff_request  INTEGER PRIMARY KEY,
    hash           TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The second factor of a person: the secret that an authenticator program shares (TOTP, RFC 6238), and the time step
-- of the last code that was used. No facts: who set or ended one stands in the journal.
CREATE TABLE second_factor (
    staff   TEXT PRIMARY KEY,
    secret  TEXT NOT NULL,
    step    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Codes for a lost device, as digests; a used one is deleted.
CREATE TABLE recovery_code (
    digest  TEXT PRIMARY KEY,
    staff   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- No fact: who is logged in. Moments are seconds since 1970; proved: when the person last typed the own password
-- there.
CREATE TABLE web_session (
    digest  TEXT PRIMARY KEY,
    staff   TEXT NOT NULL,
    began   INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    agent   TEXT NOT NULL,
    proved  INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- No fact: requests of programs that were carried out already, each by the key that it came with.
CREATE TABLE done_once (
    digest   TEXT PRIMARY KEY,
    journal  INTEGER NOT NULL,
    request  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who logged in, who tried, and whose data was shown to whom (§ 30 AO). No facts of the books: a row ends with its
-- retention. A name that nobody has is empty: it may be a password that was typed in the wrong field.
CREATE TABLE access_log (
    id       INTEGER PRIMARY KEY,
    at       TEXT NOT NULL CHECK (at <> ''),
    person   TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind IN ('login', 'failed', 'logout', 'refused', 'export', 'read', 'look', 'limit')),
    what     TEXT NOT NULL,
    way      TEXT NOT NULL CHECK (way IN ('page', 'api', 'command')),
    address  TEXT NOT NULL
) STRICT;
CREATE INDEX access_log_at ON access_log (at);
CREATE INDEX access_log_person ON access_log (person, kind, at);

-- ===============
-- Files and names
-- ===============

-- What names a person. Sealed is only the commitment, the digest of a random key and the values:
-- key and values can be erased one day, and the chain still holds.
CREATE TABLE personal (
    id               INTEGER PRIMARY KEY,
    journal          INTEGER NOT NULL,
    seal             INTEGER NOT NULL,
    commitment       TEXT NOT NULL,
    key              TEXT,
    name             TEXT,
    address          TEXT,
    iban             TEXT,
    other_iban       TEXT,
    text             TEXT,
    additional       TEXT,
    -- whose debt is paid, and the text beside the structured references
    ultimate_debtor  TEXT CHECK (key IS NOT NULL OR ultimate_debtor IS NULL),
    structured_text  TEXT CHECK (key IS NOT NULL OR structured_text IS NULL),
    CHECK (key IS NOT NULL OR (name IS NULL AND address IS NULL AND iban IS NULL AND other_iban IS NULL
        AND text IS NULL AND additional IS NULL))
) STRICT;

-- A file that was read.
CREATE TABLE source_file (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    name     TEXT NOT NULL,
    kind     TEXT NOT NULL CHECK (kind <> ''),
    sha256   TEXT NOT NULL UNIQUE,
    as_of    TEXT CHECK (as_of = date(as_of)),
    -- members of a container that were refused: the file is read again when asked
    refused  INTEGER CHECK (refused >= 0),
    -- where the bytes are kept as they were received; empty: they are not
    kept     TEXT CHECK (kept IN ('database', 'folder'))
) STRICT;

-- Files as they were received and sent, by their digest: compressed (zlib), cut into parts, each in base64. These are
-- no facts of their own: the digest that a fact names proves them, and what must be erased one day can be.
CREATE TABLE archive (
    sha256   TEXT NOT NULL,
    part     INTEGER NOT NULL,
    content  TEXT NOT NULL,
    PRIMARY KEY (sha256, part)
) STRICT;

-- ==========
-- Statements
-- ==========

-- A statement proves balances; an advice (camt.054) only tells what a booking of a statement consists of.
CREATE TABLE statement (
    id               INTEGER PRIMARY KEY,
    journal          INTEGER NOT NULL,
    seal             INTEGER NOT NULL,
    source_file      INTEGER NOT NULL REFERENCES source_file (id),
    identity         TEXT NOT NULL UNIQUE,
    kind             TEXT NOT NULL CHECK (kind IN ('statement', 'advice')),
    member           TEXT NOT NULL,
    message          TEXT NOT NULL,
    account          TEXT NOT NULL,
    statement_id     TEXT,
    sequence         INTEGER,
    first_day        TEXT NOT NULL CHECK (first_day = date(first_day)),
    last_day         TEXT NOT NULL CHECK (last_day = date(last_day)),
    opening          INTEGER,
    closing          INTEGER,
    movement         INTEGER NOT NULL,
    finding          TEXT,
    -- what joins the pages of a statement, and tells that one is missing; a balance is interim where another page
    -- goes on from it or ends on it
    legal_sequence   INTEGER,
    page             INTEGER,
    last_page        INTEGER CHECK (last_page IN (0, 1)),
    opening_interim  INTEGER CHECK (opening_interim IN (0, 1)),
    closing_interim  INTEGER CHECK (closing_interim IN (0, 1)),
    -- 1: an intraday report (camt.052, MT942), provisional until a statement tells of it
    provisional      INTEGER CHECK (provisional IN (0, 1))
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

-- Two people withdraw what a person has confirmed of an account's balance: nothing else ends it.
CREATE TABLE confirmation_end (
    id            INTEGER PRIMARY KEY,
    journal       INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    confirmation  INTEGER NOT NULL UNIQUE REFERENCES confirmation (id),
    reason        TEXT NOT NULL CHECK (reason <> ''),
    actor         TEXT NOT NULL CHECK (actor <> ''),
    second        TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- Two people correct the last bank day that the old system had posted; empty: it had posted nothing.
CREATE TABLE as_of_correction (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    as_of    TEXT CHECK (as_of = date(as_of)),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    second   TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- Two people say that an account's statements are asked for no more, though they were once: it was closed.
CREATE TABLE account_end (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    account  TEXT NOT NULL CHECK (account <> ''),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    second   TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- An entry of a statement: one movement of the account, with one or more bookings.
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
    -- how many transactions the bank says that it is made of (Btch/NbOfTxs): more than it tells of are money of
    -- people unseen
    announced  INTEGER,
    UNIQUE (statement, position)
) STRICT;

-- One payment: an entry, or one of the details of a batch.
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
    personal              INTEGER NOT NULL REFERENCES personal (id),
    -- the account's balance before it, where its statement fits together: it tells twins apart
    balance_before        INTEGER,
    -- the order's name in the payer's program, and every further structured reference and document's number, a line
    -- each
    instruction_id        TEXT,
    further_references    TEXT,
    -- the booking for which it stands, with the other details of its entry: a statement told that one without details
    stands_for            INTEGER REFERENCES booking (id),
    -- what the bank charged, and what was instructed: in a return the amount without charges, in hundredths of its
    -- currency
    charges               INTEGER,
    original_amount       INTEGER,
    original_currency     TEXT,
    -- what pairs bookings: the message that caused a batch or tells its details, and whose debits they are
    message_id            TEXT,
    creditor_id           TEXT
) STRICT;
CREATE INDEX booking_by_day ON booking (account, booked);
CREATE INDEX booking_by_entry ON booking (entry);

-- A booking that a later statement tells again: what was skipped, and what it equals.
CREATE TABLE sighting (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    statement  INTEGER NOT NULL REFERENCES statement (id) DEFERRABLE INITIALLY DEFERRED,
    booking    INTEGER NOT NULL REFERENCES booking (id)
) STRICT;
CREATE INDEX sighting_by_statement ON sighting (statement);

-- =====================================
-- Who owes what, and who may be debited
-- =====================================

-- An instalment that a town claims, by its Kassenzeichen and its number there.
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
    debtor             INTEGER NOT NULL REFERENCES personal (id),
    -- which late fee the item is; empty for principal
    fee                TEXT CHECK (fee IN ('mahngebuehr', 'saeumniszuschlag')),
    -- 1: made from a pattern, and nobody has said that it is owed; what a later list says takes that back
    unconfirmed        INTEGER CHECK (unconfirmed = 1)
) STRICT;
CREATE INDEX assessment_by_item ON assessment (item);
-- A fee stays a fee, and principal stays principal, whatever a later list says.
CREATE TRIGGER assessment_keeps_what_an_item_is BEFORE INSERT ON assessment
WHEN EXISTS (SELECT 1 FROM assessment WHERE item = NEW.item AND fee IS NOT NEW.fee)
BEGIN SELECT RAISE(ABORT, 'a fee stays a fee, and principal stays principal'); END;

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

-- What a list says is due to the debtor under a Kassenzeichen: it lowers what is collected there. The newest of a
-- Kassenzeichen and posten counts; 0 where a later list has it no more as a credit.
CREATE TABLE credit_note (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    source_file    INTEGER NOT NULL REFERENCES source_file (id),
    kassenzeichen  TEXT NOT NULL CHECK (kassenzeichen <> ''),
    posten         TEXT NOT NULL CHECK (posten <> ''),
    kind           TEXT NOT NULL,
    due            TEXT NOT NULL CHECK (due = date(due)),
    amount         INTEGER NOT NULL CHECK (amount >= 0),
    debtor         INTEGER NOT NULL REFERENCES personal (id)
) STRICT;

-- A list of old references: what a reference leads to now. The newest row of an old reference counts.
CREATE TABLE alias (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    source_file    INTEGER NOT NULL REFERENCES source_file (id),
    old            TEXT NOT NULL CHECK (old <> ''),
    kassenzeichen  TEXT NOT NULL CHECK (kassenzeichen <> '')
) STRICT;

-- What another system's debit file tells of instalments that recur: no debt by itself, for what it collected is long
-- collected.
CREATE TABLE pattern (
    id                 INTEGER PRIMARY KEY,
    journal            INTEGER NOT NULL,
    seal               INTEGER NOT NULL,
    source_file        INTEGER NOT NULL REFERENCES source_file (id),
    kassenzeichen      TEXT NOT NULL CHECK (kassenzeichen <> ''),
    kind               TEXT NOT NULL CHECK (kind <> ''),
    amount             INTEGER NOT NULL CHECK (amount > 0),
    mandate_reference  TEXT NOT NULL CHECK (mandate_reference <> ''),
    collected          TEXT NOT NULL CHECK (collected = date(collected)),
    debtor             INTEGER NOT NULL REFERENCES personal (id)
) STRICT;

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

-- An account that nobody in person brought in is confirmed by two: the first of them signs here.
CREATE TABLE account_signature (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    mandate  INTEGER NOT NULL UNIQUE REFERENCES mandate (id),
    actor    TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- An account that a later list gave a mandate takes effect when two people have confirmed it, or one who brought it
-- in person.
CREATE TABLE account_confirmation (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    mandate  INTEGER NOT NULL UNIQUE REFERENCES mandate (id),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    first    TEXT CHECK (first <> '' AND first <> actor)
) STRICT;

-- =========================
-- How bookings were decided
-- =========================

-- How a booking was decided; the newest counts. pair: the booking that it is paired with, such as the credit that
-- went back, or the other side of a transfer between the town's own accounts.
CREATE TABLE verdict (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    booking        INTEGER NOT NULL REFERENCES booking (id),
    decision       TEXT NOT NULL
            CHECK (decision IN ('auto', 'clerk', 'case', 'other', 'returned', 'settlement', 'transfer', 'refund',
            'debit_return', 'fee')),
    by_person      INTEGER NOT NULL CHECK (by_person IN (0, 1)),
    rules          TEXT NOT NULL,
    decided_on     TEXT NOT NULL CHECK (decided_on = date(decided_on)),
    confidence     INTEGER CHECK (confidence BETWEEN 0 AND 1000000),
    hold_complete  INTEGER NOT NULL CHECK (hold_complete IN (0, 1)),
    wait_until     TEXT CHECK (wait_until = date(wait_until)),
    evidence       TEXT NOT NULL,
    pair           INTEGER REFERENCES booking (id)
) STRICT;
CREATE INDEX verdict_by_booking ON verdict (booking);

-- What of a booking pays which item; negative where it was taken back.
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

-- What people say of a case: a comment (its text stands in personal, for it may name somebody), or whose it is now
-- ('' for nobody's).
CREATE TABLE case_note (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    case_file  INTEGER NOT NULL REFERENCES case_file (id),
    day        TEXT NOT NULL CHECK (day = date(day)),
    actor      TEXT NOT NULL CHECK (actor <> ''),
    owner      TEXT,
    comment    INTEGER REFERENCES personal (id),
    CHECK ((owner IS NULL) <> (comment IS NULL))
) STRICT;
CREATE INDEX case_note_by_case ON case_note (case_file);

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

-- ===================================
-- What was put off, waived and closed
-- ===================================

-- A day as two people have closed it, account by account: what is corrected later is an entry of a later day.
CREATE TABLE day_close (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    day       TEXT NOT NULL CHECK (day = date(day)),
    account   TEXT NOT NULL,
    opening   INTEGER NOT NULL,
    incoming  INTEGER NOT NULL CHECK (incoming >= 0),
    outgoing  INTEGER NOT NULL CHECK (outgoing >= 0),
    closing   INTEGER NOT NULL,
    posted    INTEGER NOT NULL,
    in_doubt  INTEGER NOT NULL,
    other     INTEGER NOT NULL,
    head      INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    actor     TEXT NOT NULL CHECK (actor <> ''),
    second    TEXT NOT NULL CHECK (second <> '' AND second <> actor),
    UNIQUE (day, account),
    CHECK (opening + incoming - outgoing = closing),
    CHECK (posted + in_doubt + other = incoming)
) STRICT;

-- A recorded decision to waive late fees: who decided it, under which number, for which claims, and why. Two people
-- answer for the record.
CREATE TABLE fee_waiver (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    decided        TEXT NOT NULL CHECK (decided = date(decided)),
    authority      TEXT NOT NULL CHECK (authority <> ''),
    file_number    TEXT NOT NULL CHECK (file_number <> ''),
    ground         TEXT NOT NULL CHECK (ground <> ''),
    scope          TEXT NOT NULL CHECK (scope IN ('outage', 'kind', 'kassenzeichen', 'item')),
    kind           TEXT,
    kassenzeichen  TEXT,
    item           INTEGER REFERENCES item (id),
    due_from       TEXT CHECK (due_from = date(due_from)),
    due_until      TEXT CHECK (due_until = date(due_until)),
    actor          TEXT NOT NULL CHECK (actor <> ''),
    second         TEXT NOT NULL CHECK (second <> '' AND second <> actor),
    CHECK ((scope = 'kind') = (kind IS NOT NULL)),
    CHECK ((scope IN ('kassenzeichen', 'item')) = (kassenzeichen IS NOT NULL)),
    CHECK ((scope = 'item') = (item IS NOT NULL)),
    CHECK (scope <> 'outage' OR (due_from IS NOT NULL AND due_until IS NOT NULL)),
    CHECK (due_from <= due_until)
) STRICT;

-- The counter-entry that withdraws such a decision; it is withdrawn once.
CREATE TABLE fee_withdrawal (
    id          INTEGER PRIMARY KEY,
    journal     INTEGER NOT NULL,
    seal        INTEGER NOT NULL,
    fee_waiver  INTEGER NOT NULL UNIQUE REFERENCES fee_waiver (id),
    reason      TEXT NOT NULL CHECK (reason <> ''),
    actor       TEXT NOT NULL CHECK (actor <> ''),
    second      TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- What was announced for an outage: which due days are put off to when, and how gently the debits catch up.
CREATE TABLE deferral (
    id            INTEGER PRIMARY KEY,
    journal       INTEGER NOT NULL,
    seal          INTEGER NOT NULL,
    due_from      TEXT NOT NULL CHECK (due_from = date(due_from)),
    due_until     TEXT NOT NULL CHECK (due_until = date(due_until)),
    new_due       TEXT NOT NULL CHECK (new_due = date(new_due)),
    instalments   INTEGER CHECK (instalments > 0),
    days_between  INTEGER NOT NULL CHECK (days_between >= 0),
    announced     TEXT NOT NULL CHECK (announced = date(announced)),
    text          TEXT NOT NULL CHECK (text <> ''),
    actor         TEXT NOT NULL CHECK (actor <> ''),
    CHECK (due_from <= due_until),
    CHECK (due_from < new_due)
) STRICT;

-- The levies of a deferral; all where there is none.
CREATE TABLE deferral_kind (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    deferral  INTEGER NOT NULL REFERENCES deferral (id),
    kind      TEXT NOT NULL CHECK (kind <> ''),
    UNIQUE (deferral, kind)
) STRICT;

-- The counter-entry that ends a deferral, under two names: what it put off may be collected again.
CREATE TABLE deferral_end (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    deferral  INTEGER NOT NULL UNIQUE REFERENCES deferral (id),
    reason    TEXT NOT NULL CHECK (reason <> ''),
    actor     TEXT NOT NULL CHECK (actor <> ''),
    second    TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- A reminder that was written: of which item, over how much, on which day.
CREATE TABLE reminder (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    item     INTEGER NOT NULL REFERENCES item (id),
    amount   INTEGER NOT NULL CHECK (amount > 0),
    day      TEXT NOT NULL CHECK (day = date(day)),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- ====
-- Runs
-- ====

-- A run of debits, or of refunds: planned by one person, signed and released by others.
CREATE TABLE run (
    id           INTEGER PRIMARY KEY,
    journal      INTEGER NOT NULL,
    seal         INTEGER NOT NULL,
    name         TEXT NOT NULL UNIQUE,
    due          TEXT NOT NULL CHECK (due = date(due)),
    planner      TEXT NOT NULL CHECK (planner <> ''),
    kind         TEXT CHECK (kind = 'refund'),
    -- the order by which refunds are paid out, as the town files it (KomHVO NRW § 31)
    file_number  TEXT CHECK (file_number <> '')
) STRICT;
CREATE UNIQUE INDEX run_and_planner ON run (id, planner);

-- What became of a run. Who plans does not release, and nobody signs twice for one release: an event names its run's
-- planner and which release it belongs to (how often one fell before), and a foreign key and the constraints bind
-- them, so they are not sealed. second, note: the second person, the bank's number or the reason, where the event
-- needs one.
CREATE TABLE run_event (
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
CREATE INDEX run_event_by_run ON run_event (run);
CREATE UNIQUE INDEX signed_once ON run_event (run, round, actor) WHERE kind IN ('signed', 'released');

-- The cases without a complete hold that a releaser took upon himself: which, and how much of each was in doubt then.
-- An export asks whether there are others by now.
CREATE TABLE acknowledged (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    run        INTEGER NOT NULL REFERENCES run (id),
    case_file  INTEGER NOT NULL REFERENCES case_file (id),
    amount     INTEGER NOT NULL CHECK (amount >= 0)
) STRICT;
CREATE INDEX acknowledged_run ON acknowledged (run, journal);

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

-- A standing order of the settings ([[batch.order]]) as one person made it: its terms, word for word.
CREATE TABLE standing_order (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    name     TEXT NOT NULL CHECK (name <> ''),
    terms    TEXT NOT NULL CHECK (terms <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    UNIQUE (id, actor)
) STRICT;

-- Another person puts it in force; whoever ends it needs nobody.
CREATE TABLE standing_order_answer (
    id              INTEGER PRIMARY KEY,
    journal         INTEGER NOT NULL,
    seal            INTEGER NOT NULL,
    standing_order  INTEGER NOT NULL,
    answer          TEXT NOT NULL CHECK (answer IN ('confirmed', 'ended')),
    day             TEXT NOT NULL CHECK (day = date(day)),
    actor           TEXT NOT NULL CHECK (actor <> ''),
    maker           TEXT NOT NULL,
    UNIQUE (standing_order, answer),
    FOREIGN KEY (standing_order, maker) REFERENCES standing_order (id, actor),
    CHECK (answer <> 'confirmed' OR actor <> maker)
) STRICT;

-- A day of a standing order that was carried out, once: with the run that was planned, or without one where nothing
-- was to be collected.
CREATE TABLE standing_order_day (
    id              INTEGER PRIMARY KEY,
    journal         INTEGER NOT NULL,
    seal            INTEGER NOT NULL,
    standing_order  INTEGER NOT NULL REFERENCES standing_order (id),
    day             TEXT NOT NULL CHECK (day = date(day)),
    run             INTEGER REFERENCES run (id),
    UNIQUE (standing_order, day)
) STRICT;

-- ===============================
-- Debits and what becomes of them
-- ===============================

-- One debit of a run: what its mandate's holder is asked for, under one Kassenzeichen.
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

-- What a debit claims of an item: planned, and lowered by counter-entries. A claim needs its reservation, is made
-- once, and from then on only falls.
CREATE TABLE claim (
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
CREATE INDEX claim_by_debit ON claim (debit);
CREATE UNIQUE INDEX claimed_once ON claim (debit, item) WHERE amount > 0;
CREATE UNIQUE INDEX claim_that_frees ON claim (id, debit, item, amount);
-- No direct debit ever contains a fee.
CREATE TRIGGER claim_never_takes_a_fee BEFORE INSERT ON claim
WHEN EXISTS (SELECT 1 FROM assessment WHERE item = NEW.item AND fee IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a fee is never collected'); END;

-- What becomes of a debit after its file: the bank rejects it (told by a status report), credits it, or takes it
-- back. A debit ends once by a report and once by a booking at most, and is credited once: a return that is told
-- twice opens its items once. charges: what the booking took beyond the debit's amount (the bank's fee, the other
-- bank's compensation).
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

-- No item in two living debits: which debit holds which item, until the claim that frees it (by money, doubt, or the
-- run's end) or the event that ends the debit is named; one item is held by one debit at a time. No fact: what the
-- claims and events say, proved by `verify`.
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
CREATE UNIQUE INDEX reserved_once ON reservation (item) WHERE freed_by IS NULL AND ended_by IS NULL;

-- What a debit at the bank takes beside its claims: books that learned of it from its file had no more free. The item
-- is the one that it was for by its text; what becomes free of that, or else of its Kassenzeichen, is for it.
CREATE TABLE unclaimed (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    debit    INTEGER NOT NULL REFERENCES debit (id),
    item     INTEGER NOT NULL REFERENCES item (id),
    amount   INTEGER NOT NULL CHECK (amount > 0),
    UNIQUE (debit, item)
) STRICT;

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

-- A debit that the bank is asked to give up before it is settled (recall, camt.055), or that we ask to be given back
-- to its payer after (reversal, pain.007). It is a wish: the debit lives until a report or a booking says what became
-- of it.
CREATE TABLE debit_recall (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    debit    INTEGER NOT NULL REFERENCES debit (id),
    kind     TEXT NOT NULL CHECK (kind IN ('recall', 'reversal')),
    day      TEXT NOT NULL CHECK (day = date(day)),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    UNIQUE (debit, kind)
) STRICT;

-- A payment file as it was written, and where its bytes are kept.
CREATE TABLE written_file (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    run      INTEGER NOT NULL REFERENCES run (id),
    name     TEXT NOT NULL,
    sha256   TEXT NOT NULL,
    kept     TEXT CHECK (kept IN ('database', 'folder')),
    UNIQUE (run, name, sha256)
) STRICT;

-- A payment file that the nightly job put into the outbox, for the program that hands it in: once, because that
-- program may take it at any moment.
CREATE TABLE outbox_file (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    run      INTEGER NOT NULL REFERENCES run (id),
    name     TEXT NOT NULL CHECK (name <> ''),
    sha256   TEXT NOT NULL CHECK (length(sha256) = 64),
    UNIQUE (run, name)
) STRICT;

-- =============
-- Holds by hand
-- =============

-- A hold by hand: a Kassenzeichen or one of its items stays out of direct debit, until a day or until two people lift
-- it. So do holds that follow from a list or from what became of a debit; these name it.
CREATE TABLE hand_hold (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    kassenzeichen  TEXT NOT NULL CHECK (kassenzeichen <> ''),
    item           INTEGER REFERENCES item (id),
    reason         TEXT NOT NULL CHECK (reason <> ''),
    until          TEXT CHECK (until = date(until)),
    actor          TEXT NOT NULL CHECK (actor <> ''),
    -- the list that the hold follows from: it repeats its levy without the item, or says that more was paid than is
    -- known here
    source_file    INTEGER REFERENCES source_file (id),
    ground         TEXT CHECK (ground IN ('left_out', 'paid')),
    -- what became of a debit, where that holds its items until a person agrees to another try
    debit_event    INTEGER REFERENCES debit_event (id)
) STRICT;

-- One signature under the lifting of a hold; nobody signs twice.
CREATE TABLE hold_lift (
    id         INTEGER PRIMARY KEY,
    journal    INTEGER NOT NULL,
    seal       INTEGER NOT NULL,
    hand_hold  INTEGER NOT NULL REFERENCES hand_hold (id),
    reason     TEXT NOT NULL CHECK (reason <> ''),
    actor      TEXT NOT NULL CHECK (actor <> ''),
    -- why a list's hold ended: a later list names the item again, the list was partial, or a person says that it is
    -- still owed
    ground     TEXT CHECK (ground IN ('named', 'partial', 'owed')),
    UNIQUE (hand_hold, actor)
) STRICT;

-- =======
-- Refunds
-- =======

-- One transfer of a run of refunds: what of a credit goes back, and to whom. kassenzeichen: for which the money was
-- meant, as far as its text or its payer told. Of a credit there is one refund at a time: each but the first names
-- the event by which the one before it ended, and no event is named twice. paid_before: what went back of the credit
-- by refunds before it.
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
    FOREIGN KEY (former_end, booking, former_ends)
        REFERENCES refund_event (id, booking, ends) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE UNIQUE INDEX refund_of_credit ON refund (booking) WHERE former_end IS NULL;
CREATE UNIQUE INDEX refund_after ON refund (former_end);
CREATE UNIQUE INDEX refund_of_booking ON refund (id, booking);
CREATE INDEX refund_by_run ON refund (run);
CREATE TRIGGER refund_is_of_what_came_in BEFORE INSERT ON refund
WHEN NEW.amount + NEW.paid_before > (SELECT amount FROM booking WHERE id = NEW.booking)
BEGIN SELECT RAISE(ABORT, 'a refund is never more than what came in'); END;

-- What becomes of a refund: it falls before its file is written, the bank rejects it, the statement shows it, it
-- comes back. A refund that was rejected can be paid all the same. ends: another refund of the credit may follow.
-- told_by: the booking that says so.
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

-- ==============================
-- Handed back, asked, and proved
-- ==============================

-- What was told to the finance system: numbered exports, each of one kind. moment: the wall clock that the files
-- carry; code: that of these books, so that numbers of restored books are others; frame: balances that the statements
-- stand between, as JSON.
CREATE TABLE handback_export (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    kind     TEXT NOT NULL CHECK (kind <> ''),
    number   INTEGER NOT NULL CHECK (number > 0),
    day      TEXT NOT NULL CHECK (day = date(day)),
    moment   TEXT NOT NULL CHECK (moment <> ''),
    code     TEXT NOT NULL,
    frame    TEXT,
    actor    TEXT NOT NULL CHECK (actor <> ''),
    UNIQUE (kind, number)
) STRICT;

-- One thing that an export tells. name: what it is about, such as entry:17; content: what is so of it, as JSON
-- without names, accounts and texts of people; nothing where it is so no more. replaces: what was told of it before.
-- So each thing is told anew once, and whatever was told is replaced once.
CREATE TABLE handback_told (
    id               INTEGER PRIMARY KEY,
    journal          INTEGER NOT NULL,
    seal             INTEGER NOT NULL,
    handback_export  INTEGER NOT NULL REFERENCES handback_export (id),
    name             TEXT NOT NULL CHECK (name <> ''),
    content          TEXT,
    replaces         INTEGER REFERENCES handback_told (id),
    CHECK (content IS NOT NULL OR replaces IS NOT NULL)
) STRICT;
CREATE UNIQUE INDEX handback_told_first ON handback_told (name) WHERE replaces IS NULL;
CREATE UNIQUE INDEX handback_told_replaced ON handback_told (replaces);
CREATE INDEX handback_told_of ON handback_told (handback_export);

-- Two people end our collecting of the items named: from then on the finance system collects them. as_of: the day
-- from which it does; levy: whose items these are, where not all.
CREATE TABLE handover (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    as_of    TEXT NOT NULL CHECK (as_of = date(as_of)),
    levy     TEXT CHECK (levy <> ''),
    reason   TEXT NOT NULL CHECK (reason <> ''),
    actor    TEXT NOT NULL CHECK (actor <> ''),
    second   TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

CREATE TABLE handover_item (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    handover  INTEGER NOT NULL REFERENCES handover (id),
    item      INTEGER NOT NULL REFERENCES item (id),
    UNIQUE (handover, item)
) STRICT;
CREATE INDEX handover_item_of ON handover_item (item);

-- Two people take a handover back: we collect its items again.
CREATE TABLE handover_end (
    id        INTEGER PRIMARY KEY,
    journal   INTEGER NOT NULL,
    seal      INTEGER NOT NULL,
    handover  INTEGER NOT NULL UNIQUE REFERENCES handover (id),
    reason    TEXT NOT NULL CHECK (reason <> ''),
    actor     TEXT NOT NULL CHECK (actor <> ''),
    second    TEXT NOT NULL CHECK (second <> '' AND second <> actor)
) STRICT;

-- Who asked about whom (§ 30 AO), and by which features the caller was known.
CREATE TABLE inquiry (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    kassenzeichen  TEXT NOT NULL CHECK (kassenzeichen <> ''),
    features       TEXT NOT NULL CHECK (features <> ''),
    day            TEXT NOT NULL CHECK (day = date(day)),
    actor          TEXT NOT NULL CHECK (actor <> '')
) STRICT;

-- A night that the nightly job has closed, and its summary (JSON), which holds no personal data.
CREATE TABLE night (
    id       INTEGER PRIMARY KEY,
    journal  INTEGER NOT NULL,
    seal     INTEGER NOT NULL,
    day      TEXT NOT NULL CHECK (day = date(day)),
    outcome  TEXT NOT NULL CHECK (outcome IN ('nothing', 'people', 'failed')),
    summary  TEXT NOT NULL CHECK (summary <> '')
) STRICT;
