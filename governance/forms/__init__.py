"""Forms of the review pages: they parse what people send; the actions decide."""
