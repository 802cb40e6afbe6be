package copies

import (
	"cmp"
	"slices"

	"hearth"
	"hearth/analysis/duplicate"
	"hearth/archive"
	"hearth/db"
)

// mend works out anew the clusters that something left.
func (b *batch) mend() error {
	var all []place
	for p := range b.torn {
		all = append(all, p)
	}
	slices.SortFunc(all, func(x, y place) int { return cmp.Or(cmp.Compare(x.ws, y.ws), cmp.Compare(x.id, y.id)) })
	for _, p := range all {
		if err := b.recluster(p); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) recluster(p place) error {
	rows, err := b.tx.Query(`SELECT `+toldColumns+` FROM copy_text WHERE workspace_id = ? AND cluster = ? ORDER BY id`, p.ws, p.id)
	if err != nil {
		return err
	}
	var texts []told
	err = db.EachRow(rows, func() error {
		var t told
		err := t.scan(rows)
		texts = append(texts, t)
		return err
	})
	if err != nil {
		return err
	}
	// What is not compared any more stays where it is, under the smallest of it.
	clusters, bare := components(texts), int64(0)
	for i := range texts {
		if texts[i].bare {
			if bare == 0 {
				bare = clusters[i]
			}
			clusters[i] = bare
		}
	}
	for i := range texts {
		if texts[i].cluster == clusters[i] {
			continue
		}
		if _, err := b.tx.Exec(`UPDATE copy_text SET cluster = ? WHERE workspace_id = ? AND id = ?`, clusters[i], p.ws, texts[i].id); err != nil {
			return err
		}
	}
	return nil
}

// components are the clusters of some texts, each under its smallest id; the texts
// come by rising ids.
func components(texts []told) []int64 {
	parent := make([]int, len(texts))
	for i := range parent {
		parent[i] = i
	}
	root := func(i int) int {
		for parent[i] != i {
			parent[i] = parent[parent[i]]
			i = parent[i]
		}
		return i
	}
	byBand := map[uint64][]int{}
	for i := range texts {
		t := &texts[i]
		if t.bare {
			continue
		}
		for _, band := range t.sketch.Bands() {
			for _, k := range byBand[band] {
				x, y := root(i), root(k)
				if x != y && near(t, &texts[k]) && duplicate.Relate(&t.sketch, &texts[k].sketch) != duplicate.Unrelated {
					parent[max(x, y)] = min(x, y)
				}
			}
			byBand[band] = append(byBand[band], i)
		}
	}
	clusters := make([]int64, len(texts))
	for i := range texts {
		clusters[i] = texts[root(i)].id
	}
	return clusters
}

// near says whether two texts were told within the window.
func near(a, b *told) bool {
	return a.first <= b.last+window.Microseconds() && b.first <= a.last+window.Microseconds()
}

// forget lets go of texts that have expired by the arrival of the last row of each
// workspace.
func (b *batch) forget(rows []archive.Stored) error {
	now := map[hearth.WorkspaceID]int64{}
	var order []hearth.WorkspaceID
	for i := range rows {
		ws := rows[i].Workspace
		if _, ok := now[ws]; !ok {
			order = append(order, ws)
		}
		now[ws] = max(now[ws], rows[i].Received.UnixMicro())
	}
	for _, ws := range order {
		old, err := b.tx.Query(`SELECT `+toldColumns+` FROM copy_text WHERE workspace_id = ? AND length(sketch) > 0 AND expires <= ? ORDER BY expires, id LIMIT 2000`, ws, now[ws])
		if err != nil {
			return err
		}
		var texts []told
		err = db.EachRow(old, func() error {
			var t told
			err := t.scan(old)
			texts = append(texts, t)
			return err
		})
		if err != nil {
			return err
		}
		for i := range texts {
			if _, err := b.expire(ws, &texts[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// expire ends that a text is compared, and forgets it if it stands alone.
func (b *batch) expire(ws hearth.WorkspaceID, t *told) (gone bool, err error) {
	alone := false
	if t.posts == 1 {
		var n int
		if err := b.tx.QueryRow(`SELECT count(*) FROM copy_text WHERE workspace_id = ? AND cluster = ?`, ws, t.cluster).Scan(&n); err != nil {
			return false, err
		}
		alone = n == 1
	}
	if !alone {
		if err := b.unband(ws, t); err != nil {
			return false, err
		}
		_, err = b.tx.Exec(`UPDATE copy_text SET sketch = ? WHERE workspace_id = ? AND id = ?`, []byte{}, ws, t.id)
		return false, err
	}
	// The bound leads to the index of the texts (see ofText).
	if _, err := b.tx.Exec(`DELETE FROM copy_post WHERE workspace_id = ? AND text_id = ? AND at > -9223372036854775807`, ws, t.id); err != nil {
		return false, err
	}
	return true, b.drop(ws, t)
}
