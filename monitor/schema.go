package monitor

import (
	"embed"

	"hearth/db"
)

//go:embed schema/archive/*.sql schema/state/*.sql
var schemas embed.FS

// ArchiveSchema is monitor's tables in archive.db: what follows from the log.
func ArchiveSchema() db.Schema { return db.SchemaIn(schemas, "monitor", "schema/archive") }

// StateSchema is monitor's tables in hearth.db.
func StateSchema() db.Schema { return db.SchemaIn(schemas, "monitor", "schema/state") }
