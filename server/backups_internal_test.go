package server

import (
	"encoding/json"
	"strings"
	"testing"

	"hearth"
)

func TestNoBackupIsScheduledThatCannotBeMade(t *testing.T) {
	t.Parallel()
	args := json.RawMessage(`{"directory":"/somewhere","keep":1}`)
	files, base := &Server{}, &Server{}
	base.config.DB = "postgres://hearth@localhost/hearth"
	if err := files.offers()[0].Check(args); err != nil {
		t.Error(err)
	}
	if err := base.offers()[0].Check(args); hearth.ErrorCode(err) != hearth.Invalid || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("a backup of PostgreSQL is put on a schedule: %v", err)
	}
}
