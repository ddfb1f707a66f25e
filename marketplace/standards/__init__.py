"""What is fair and lawful: floors, hazards, working time, prices, exchange rates. Every verdict says why."""
