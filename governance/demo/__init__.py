"""The demonstration: invented cases carried by the real actions to every state. Loads `fixtures/demo/`."""
