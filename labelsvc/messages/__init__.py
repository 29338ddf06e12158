"""Messages: an outbox in the database, its words, and the channels by which a message leaves."""
