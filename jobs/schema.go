package jobs

import (
	"embed"
	"io/fs"

	"hearth/db"
)

//go:embed schema/state/*.sql schema/lease/*.sql
var schemas embed.FS

// StateSchema is the tables of processes, jobs and schedules, in hearth.db.
func StateSchema() db.Schema { return schemaIn("jobs", "schema/state") }

// LeaseSchema is the table of leases. Each database whose transactions shall
// check a lease has one of its own.
func LeaseSchema() db.Schema { return schemaIn("lease", "schema/lease") }

func schemaIn(name, dir string) db.Schema {
	files, err := fs.Sub(schemas, dir)
	if err != nil {
		panic(err) // the directory is named above
	}
	return db.Schema{Name: name, Files: files}
}
