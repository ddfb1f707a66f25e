"""Pay groups: countries whose people are paid on days of the week that operators choose (PAY_GROUP)."""
