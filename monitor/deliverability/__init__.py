"""Room: what the DNS says of a sender's domain, and what to change so that mail arrives."""
