"""JSON under /api/v1, one file per kind of caller. Bearer tokens only: no cookie opens these doors."""
