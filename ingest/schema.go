package ingest

import (
	"embed"
	"io/fs"
	"time"

	"hearth/db"
)

//go:embed schema/archive/*.sql schema/state/*.sql
var schemas embed.FS

// ArchiveSchema is ingest's tables in archive.db: what commits with posts.
func ArchiveSchema() db.Schema { return schemaIn("schema/archive") }

// StateSchema is ingest's tables in hearth.db.
func StateSchema() db.Schema { return schemaIn("schema/state") }

func schemaIn(dir string) db.Schema {
	files, err := fs.Sub(schemas, dir)
	if err != nil {
		panic(err) // the directory is named above
	}
	return db.Schema{Name: "ingest", Files: files}
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
