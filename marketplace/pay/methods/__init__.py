"""Where a person is paid: payout methods, whose name they carry, and what bars a payout."""
