package topic

import (
	"path/filepath"
	"strings"
	"testing"

	"hearth/db"
)

// The rows of a third of a million posts took three times as long as their index.
func TestThePostsOfATopicAreFoundByTheIndexAlone(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "hearth.db"), db.Options{Schemas: []db.Schema{Schema()}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for name, statement := range map[string]string{"of one": postsOfTopics, "by topic": postsByTopic} {
		var plan []string
		err = d.Read(t.Context(), func(tx *db.Tx) error {
			rows, err := tx.Query("EXPLAIN QUERY PLAN "+statement, 1, db.Ints{7, 8}, 0, 1, 10)
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
			t.Fatal(err)
		}
		if all := strings.Join(plan, "\n"); !strings.Contains(all, "COVERING INDEX topic_post_topic (workspace_id=? AND topic_id=? AND at>") {
			t.Errorf("%s: the plan is\n%s", name, all)
		}
	}
}
