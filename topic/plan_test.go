package topic

import (
	"path/filepath"
	"strings"
	"testing"

	"hearth/db"
	"hearth/db/dbtest"
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
		if all := dbtest.Plan(t, d, statement, 1, db.Ints{7, 8}, 0, 1, 10); !strings.Contains(all, "COVERING INDEX topic_post_topic (workspace_id=? AND topic_id=? AND at>") {
			t.Errorf("%s: the plan is\n%s", name, all)
		}
	}
}
