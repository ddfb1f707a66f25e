"""From minutes to money: deposits, pay runs, payslips, payouts, and the proof that the books are right."""
