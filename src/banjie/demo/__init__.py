"""The made-up city 澜江市, alive on one's own machine: its database, its people, their cases, and the pages."""
