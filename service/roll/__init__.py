"""The roll (名册): every alert in columns in memory, for counting and choosing among a hundred thousand; kept until the log grows."""
