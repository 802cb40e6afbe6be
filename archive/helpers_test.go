package archive_test

import (
	"io/fs"
	"testing/fstest"
)

func oneFile(sql string) fs.FS {
	return fstest.MapFS{"0001_test.sql": {Data: []byte(sql)}}
}
