"""The story: two newspapers of May 2023, played through the service by a thousand people who are made up."""
