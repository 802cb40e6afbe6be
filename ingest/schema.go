package ingest

import (
	"embed"

	"hearth/db"
)

//go:embed schema/archive/*.sql schema/state/*.sql
var schemas embed.FS

// ArchiveSchema is ingest's tables in archive.db: what commits with posts.
func ArchiveSchema() db.Schema { return db.SchemaIn(schemas, "ingest", "schema/archive") }

// StateSchema is ingest's tables in hearth.db.
func StateSchema() db.Schema { return db.SchemaIn(schemas, "ingest", "schema/state") }
