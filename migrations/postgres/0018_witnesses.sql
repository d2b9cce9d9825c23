-- What else a payment says of what it is for: the order's name in the payer's program, every further structured reference
-- and document's number (a line each), whose debt is paid, and the text beside the structured references.
ALTER TABLE booking ADD COLUMN instruction_id TEXT COLLATE "C";
ALTER TABLE booking ADD COLUMN further_references TEXT COLLATE "C";
ALTER TABLE personal ADD COLUMN ultimate_debtor TEXT COLLATE "C" CHECK (key IS NOT NULL OR ultimate_debtor IS NULL);
ALTER TABLE personal ADD COLUMN structured_text TEXT COLLATE "C" CHECK (key IS NOT NULL OR structured_text IS NULL);
