"""What is kept: tables, encrypted columns, migrations, settings and the clock."""
