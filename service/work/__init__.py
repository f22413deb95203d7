"""Work that is asked for now and done by a worker (任务): kept in the database, leased, done at least once."""
