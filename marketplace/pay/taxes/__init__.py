"""Tax that is withheld, declared, remitted and stated, and value added tax, as data by country."""
