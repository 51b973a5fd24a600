"""Questions asked of reviews, decisions and the Board; nothing here writes."""
