package access

import (
	"embed"

	"hearth/db"
)

//go:embed schema/*.sql
var schemas embed.FS

// StateSchema is the tables of users, sessions, keys and the audit log, in
// hearth.db. Whoever records verbs needs them.
func StateSchema() db.Schema { return db.SchemaIn(schemas, "access", "schema") }
