package copies

import (
	"embed"

	"hearth/db"
)

//go:embed schema/archive/*.sql schema/state/*.sql
var schemas embed.FS

// ArchiveSchema is the tables of this package in archive.db: what follows from the log.
func ArchiveSchema() db.Schema { return db.SchemaIn(schemas, "copies", "schema/archive") }

// StateSchema is those in hearth.db: what people say.
func StateSchema() db.Schema { return db.SchemaIn(schemas, "copies", "schema/state") }
