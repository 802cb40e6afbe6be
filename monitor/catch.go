package monitor

import (
	"slices"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// Catch says which monitors have a version that annotations make of a post, for
// archive.Annotate: those that match it now, and those that had the version before
// for another reason than matching it (they sleep, or had another query then).
func (m *Monitors) Catch(tx *db.Tx, v *archive.Annotated) ([]hearth.MonitorID, error) {
	hits, err := readHits(tx, v.Workspace, v.Replaces, v.Replaces)
	if err != nil {
		return nil, err
	}
	set := m.Queries(v.Workspace)
	before := set.Catches(v.Before)
	ids := set.Catches(v.After)
	for _, id := range slices.Concat(v.Monitors, hits[v.Replaces]) {
		if !slices.Contains(before, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}
