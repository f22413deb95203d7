"""Finding alerts by words: an index of pairs of characters, the same on both databases, because neither knows Chinese words."""
