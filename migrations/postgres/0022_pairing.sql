-- What pairs bookings: the message that caused a batch or tells its details, and whose debits they are. Bookings of before have nothing there.
ALTER TABLE booking ADD COLUMN message_id TEXT COLLATE "C";
ALTER TABLE booking ADD COLUMN creditor_id TEXT COLLATE "C";

-- Outgoing bookings have verdicts too, and what the town moves between its own accounts has a word of its own. A verdict names
-- the booking that it pairs its own with: the credit that went back, the other side of a transfer.
ALTER TABLE verdict DROP CONSTRAINT verdict_decision_check;
ALTER TABLE verdict ADD CONSTRAINT verdict_decision_check CHECK (decision IN
    ('auto', 'clerk', 'case', 'other', 'returned', 'settlement', 'transfer', 'refund', 'debit_return', 'fee'));
ALTER TABLE verdict ADD COLUMN pair BIGINT REFERENCES booking (id);
