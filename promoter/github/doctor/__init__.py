"""Whether a GitHub repository really enforces what the gate decides: one module a subject, no network in any."""
