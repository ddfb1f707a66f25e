"""What people say of a gig once their work at it is paid. It stands above everything that ranks, so that none can."""
