"""What the verifier holds a candidate against: places, wording and figures of its quote."""
