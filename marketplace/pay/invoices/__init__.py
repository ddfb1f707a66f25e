"""What the service bills a company, and the statement of a company's month."""
