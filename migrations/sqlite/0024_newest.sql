-- PostgreSQL's indexes got the row's id behind item and booking. Those of SQLite end with it anyway: nothing to do.
SELECT 1;
