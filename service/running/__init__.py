"""Running the service (运维): figures for Prometheus, logs without personal data, and the book of rules kept current."""
