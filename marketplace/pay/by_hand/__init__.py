"""The rail that people carry out: files for banks and providers, and what is found out about each payment."""
