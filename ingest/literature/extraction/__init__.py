"""From sentences to assertions: the lexicon, the rules, and the verifier that every candidate passes."""
