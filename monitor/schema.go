package monitor

import (
	"database/sql"
	"embed"
	"io/fs"
	"time"

	"hearth/db"
)

//go:embed schema/archive/*.sql schema/state/*.sql
var schemas embed.FS

// ArchiveSchema is monitor's tables in archive.db: what follows from the log.
func ArchiveSchema() db.Schema { return schemaIn("schema/archive") }

// StateSchema is monitor's tables in hearth.db.
func StateSchema() db.Schema { return schemaIn("schema/state") }

func schemaIn(dir string) db.Schema {
	files, err := fs.Sub(schemas, dir)
	if err != nil {
		panic(err) // the directory is named above
	}
	return db.Schema{Name: "monitor", Files: files}
}

// scanner is a sql.Rows or a db.Row.
type scanner interface{ Scan(...any) error }

// eachRow calls do for every row and closes them.
func eachRow(rows *sql.Rows, do func() error) error {
	defer rows.Close()
	for rows.Next() {
		if err := do(); err != nil {
			return err
		}
	}
	return rows.Err()
}

// micros is how times are stored; the zero time is 0.
func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func fromMicros(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
