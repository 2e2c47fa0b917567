"""The golden cases, a module a family. Each module's `cases` gets a `Sketch` and adds to it."""
