package access

import (
	"embed"
	"io/fs"

	"hearth/db"
)

//go:embed schema/*.sql
var schemas embed.FS

// StateSchema is the tables of users, sessions, keys and the audit log, in
// hearth.db. Whoever records verbs needs them.
func StateSchema() db.Schema {
	files, err := fs.Sub(schemas, "schema")
	if err != nil {
		panic(err) // the directory is named above
	}
	return db.Schema{Name: "access", Files: files}
}
