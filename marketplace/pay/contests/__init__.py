"""What somebody says against what became of a payout to them, and the answer of a human."""
