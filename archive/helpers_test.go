package archive_test

import (
	"database/sql"
	"io/fs"
	"testing/fstest"
)

func oneFile(sql string) fs.FS {
	return fstest.MapFS{"0001_test.sql": {Data: []byte(sql)}}
}

var errNoRows = sql.ErrNoRows
