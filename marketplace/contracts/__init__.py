"""Written terms between a company and a contractor, signed by both and never changed, and the benefits they carry."""
