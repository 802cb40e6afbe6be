package copies

import (
	"path/filepath"
	"strings"
	"testing"

	"hearth/archive"
	"hearth/db"
	"hearth/db/dbtest"
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
	all := dbtest.Plan(t, d, `SELECT p.seq FROM `+postsOfTexts+` WHERE t.workspace_id = ? AND t.cluster = ? AND p.workspace_id = ? AND `+ofText+` ORDER BY p.at, p.seq`, 1, 1, 1)
	if !strings.Contains(all, "copy_text_cluster (workspace_id=? AND cluster=?)") || !strings.Contains(all, "copy_post_text (workspace_id=? AND text_id=?") {
		t.Errorf("the plan is\n%s", all)
	}
}

// Of a million posts copies: read every text, and the row of every post that is copied,
// which took six times as long.
func TestWhatIsCopiedIsFoundByIndexesAlone(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), filepath.Join(t.TempDir(), "archive.db"), db.Options{Schemas: []db.Schema{archive.Schema(), ArchiveSchema()}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	plan := dbtest.Plan(t, d, rowsToldTimes, 1, 4, 1, 1, 5, 9, 1, 1, 0, 1, 1)
	if strings.Count(plan, "INDEX copy_text_told (workspace_id=?)") != 1 || strings.Count(plan, "INDEX copy_text_cluster (workspace_id=? AND cluster=?)") != 2 ||
		strings.Count(plan, "COVERING INDEX copy_post_text (workspace_id=? AND text_id=? AND at>") != 2 || strings.Contains(plan, "SCAN t") || strings.Contains(plan, "SCAN p") {
		t.Errorf("the plan is\n%s", plan)
	}
}
