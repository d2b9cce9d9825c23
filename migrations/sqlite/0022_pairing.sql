-- What pairs bookings: the message that caused a batch or tells its details, and whose debits they are. Bookings of before have nothing there.
ALTER TABLE booking ADD COLUMN message_id TEXT;
ALTER TABLE booking ADD COLUMN creditor_id TEXT;

-- Outgoing bookings have verdicts too, and what the town moves between its own accounts has a word of its own. A verdict names
-- the booking that it pairs its own with: the credit that went back, the other side of a transfer. A constraint changes only
-- with its table; what refers to it is asked at the end, when the rows are back. The index is for that question alone.
PRAGMA defer_foreign_keys = ON;
CREATE INDEX allocation_by_verdict ON allocation (verdict);
CREATE TABLE verdict_before AS
SELECT id, journal, seal, booking, decision, by_person, rules, decided_on, confidence, hold_complete, wait_until, evidence FROM verdict;
DROP TABLE verdict;
CREATE TABLE verdict (
    id             INTEGER PRIMARY KEY,
    journal        INTEGER NOT NULL,
    seal           INTEGER NOT NULL,
    booking        INTEGER NOT NULL REFERENCES booking (id),
    decision       TEXT NOT NULL CHECK (decision IN
        ('auto', 'clerk', 'case', 'other', 'returned', 'settlement', 'transfer', 'refund', 'debit_return', 'fee')),
    by_person      INTEGER NOT NULL CHECK (by_person IN (0, 1)),
    rules          TEXT NOT NULL,
    decided_on     TEXT NOT NULL CHECK (decided_on = date(decided_on)),
    confidence     INTEGER CHECK (confidence BETWEEN 0 AND 1000000),
    hold_complete  INTEGER NOT NULL CHECK (hold_complete IN (0, 1)),
    wait_until     TEXT CHECK (wait_until = date(wait_until)),
    evidence       TEXT NOT NULL,
    pair           INTEGER REFERENCES booking (id)
) STRICT;
INSERT INTO verdict (id, journal, seal, booking, decision, by_person, rules, decided_on, confidence, hold_complete, wait_until, evidence)
SELECT id, journal, seal, booking, decision, by_person, rules, decided_on, confidence, hold_complete, wait_until, evidence
  FROM verdict_before ORDER BY id;
DROP TABLE verdict_before;
DROP INDEX allocation_by_verdict;
CREATE INDEX verdict_by_booking ON verdict (booking);
