package monitor_test

import (
	"strings"
	"testing"

	"hearth/db/dbtest"
)

// What charts ask must not grow with what is kept besides: each statement goes
// through an index from its first column on.
func TestChartsReadThroughIndexes(t *testing.T) {
	t.Parallel()
	dbtest.SQLiteOnly(t, "it reads SQLite's plans")
	h := open(t)
	for _, statement := range []string{
		`SELECT start, counts FROM tile WHERE workspace_id = 1 AND monitor_id = 1 AND start BETWEEN 2 AND 3 ORDER BY start`,
		`SELECT names FROM tile WHERE workspace_id = 1 AND monitor_id = 1 AND start >= 2 AND start < 3`,
		`SELECT count(*), coalesce(min(start), 0), coalesce(max(start), 0) FROM tile WHERE workspace_id = 1 AND monitor_id = 1`,
		`SELECT t.names FROM mention m JOIN tally t ON t.workspace_id = m.workspace_id AND t.seq = m.seq WHERE m.workspace_id = 1 AND m.monitor_id = 1 AND m.at >= 2 AND m.at < 3`,
		`SELECT count(*) FROM (SELECT 1 FROM name WHERE workspace_id = 1 AND kind = 4 AND network = '' AND text >= 'a/' AND text < 'a0' LIMIT 1) AS found`,
		`SELECT kind, network, text, label FROM name WHERE workspace_id = 1 AND id = 2`,
		`SELECT m.at, m.seq FROM mention m JOIN monitor_hit h ON h.workspace_id = m.workspace_id AND h.seq = m.seq AND h.monitor_id = m.monitor_id
			WHERE m.workspace_id = 1 AND m.monitor_id = 1 AND m.at >= 2 AND (m.at, m.seq) < (3, 4) ORDER BY m.at DESC, m.seq DESC LIMIT 5`,
	} {
		for step := range strings.SplitSeq(dbtest.Plan(t, h.store, statement), "\n") {
			if strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "found") || strings.Contains(step, "TEMP B-TREE") {
				t.Errorf("%s: %s", statement, step)
			}
		}
	}
}
