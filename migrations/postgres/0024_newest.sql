-- The newest row of each item and booking is found by the index alone: without statistics the planner walked the whole
-- table backwards for each of them.
DROP INDEX assessment_by_item;
CREATE INDEX assessment_by_item ON assessment (item, id);
DROP INDEX verdict_by_booking;
CREATE INDEX verdict_by_booking ON verdict (booking, id);
