"""One gig from post to payslip, played over REST by a lab, a contractor and an operator."""
