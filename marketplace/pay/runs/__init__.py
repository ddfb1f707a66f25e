"""From work to pay: what is to be paid, priced by rules, as lines of payslips, posted once."""
