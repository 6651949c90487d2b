//! What a scanned code can be.
