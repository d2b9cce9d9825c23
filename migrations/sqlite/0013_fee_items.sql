-- Fees that were assessed for due days before the outage are items of their own, which a transfer may pay. What kind of
-- fee an item is stands in every assessment of it; empty for principal, as in all rows before.
ALTER TABLE assessment ADD COLUMN fee TEXT CHECK (fee IN ('mahngebuehr', 'saeumniszuschlag'));

-- A fee stays a fee, and principal stays principal, whatever a later list says.
CREATE TRIGGER assessment_keeps_what_an_item_is BEFORE INSERT ON assessment
WHEN EXISTS (SELECT 1 FROM assessment WHERE item = NEW.item AND fee IS NOT NEW.fee)
BEGIN SELECT RAISE(ABORT, 'a fee stays a fee, and principal stays principal'); END;

-- No direct debit ever contains a fee.
CREATE TRIGGER claim_never_takes_a_fee BEFORE INSERT ON claim
WHEN EXISTS (SELECT 1 FROM assessment WHERE item = NEW.item AND fee IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'a fee is never collected'); END;
