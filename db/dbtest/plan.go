package dbtest

import (
	"strings"
	"testing"

	"hearth/db"
)

// Plan is how SQLite answers a statement, a line a step.
func Plan(t testing.TB, d *db.DB, statement string, args ...any) string {
	t.Helper()
	var plan []string
	err := d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query("EXPLAIN QUERY PLAN "+statement, args...)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var id, parent, unused int
			var step string
			err := rows.Scan(&id, &parent, &unused, &step)
			plan = append(plan, step)
			return err
		})
	})
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	return strings.Join(plan, "\n")
}
