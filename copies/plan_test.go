package copies

import (
	"path/filepath"
	"strings"
	"testing"

	"hearth/archive"
	"hearth/db"
)

// A join that reads all posts of the workspace for each text took fifteen seconds where
// twenty thousand posts are kept.
func TestPostsOfATextAreReadByItsIndex(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "archive.db"), db.Options{Schemas: []db.Schema{archive.Schema(), ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var plan []string
	err = d.Read(t.Context(), func(tx *db.Tx) error {
		rows, err := tx.Query(`EXPLAIN QUERY PLAN SELECT p.seq FROM `+postsOfTexts+` WHERE t.workspace_id = ? AND t.cluster = ? AND p.workspace_id = ? AND `+ofText+` ORDER BY p.at, p.seq`, 1, 1, 1)
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
	all := strings.Join(plan, "\n")
	if !strings.Contains(all, "copy_text_cluster (workspace_id=? AND cluster=?)") || !strings.Contains(all, "copy_post_text (workspace_id=? AND text_id=?") {
		t.Errorf("the plan is\n%s", all)
	}
}
