package jobs

import (
	"embed"

	"hearth/db"
)

//go:embed schema/state/*.sql schema/lease/*.sql
var schemas embed.FS

// StateSchema is the tables of processes, jobs and schedules, in hearth.db.
func StateSchema() db.Schema { return db.SchemaIn(schemas, "jobs", "schema/state") }

// LeaseSchema is the table of leases. Each database whose transactions shall
// check a lease has one of its own.
func LeaseSchema() db.Schema { return db.SchemaIn(schemas, "lease", "schema/lease") }
