"""The verbs on facts: register, save a section, file a revision, own, import, load the catalogue."""
