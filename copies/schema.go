package copies

import (
	"embed"

	"hearth/db"
)

//go:embed schema/archive/*.sql
var schemas embed.FS

// ArchiveSchema is the tables of this package in archive.db.
func ArchiveSchema() db.Schema { return db.SchemaIn(schemas, "copies", "schema/archive") }
