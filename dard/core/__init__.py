"""What every feature stands on: settings, database base, routing, forms, documents. Knows no feature."""
