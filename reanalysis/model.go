package reanalysis

import (
	"context"
	"slices"

	"hearth/access"
	"hearth/archive"
	"hearth/db"
)

// Model is an analyzer of the program, with the versions that posts were judged by.
type Model struct {
	Name    string
	Field   archive.Field
	Version int
	Card    string // Markdown
	Judged  []Share
}

// Share is how many of some posts a version judged.
type Share struct {
	Version int // 0: nobody knows
	Posts   int64
}

// Models are the analyzers of the program and what posts were judged by, from some
// posts that are drawn by chance; drawn is how many.
func (r *Reanalyses) Models(ctx context.Context, by access.Actor) (list []Model, drawn int64, err error) {
	if err := by.Check(access.ReadMonitors); err != nil {
		return nil, 0, err
	}
	rows, err := r.draw(ctx, by.Workspace)
	if err != nil {
		return nil, 0, err
	}
	var runs []Run
	err = r.o.Store.Read(ctx, func(tx *db.Tx) error {
		runs, err = readRuns(tx, by.Workspace)
		return err
	})
	if err != nil {
		return nil, 0, err
	}
	for i, field := range archive.Corrected {
		for _, a := range r.o.Analyzers {
			if !slices.Contains(a.Adds, string(field)) {
				continue
			}
			m := Model{Name: a.Name, Field: field, Version: a.Version, Card: a.Card}
			posts := map[int]int64{}
			for k := range rows {
				posts[judgedBy(&rows[k], i, runs)]++
			}
			for version, n := range posts {
				m.Judged = append(m.Judged, Share{version, n})
			}
			slices.SortFunc(m.Judged, func(a, b Share) int { return b.Version - a.Version })
			list = append(list, m)
		}
	}
	return list, int64(len(rows)), nil
}

// judgedBy is the version that judged a field of a post: what is written on it, or that
// of the newest run over everything which came by and found nothing to change.
func judgedBy(s *archive.Stored, field int, runs []Run) int {
	for i := range runs {
		one := &runs[i]
		if one.Whole && one.State != Undone && one.State != Undoing && s.Seq <= one.head && s.Seq > one.down() {
			return max(one.Models.Fields[field].Version, s.Judged.Fields[field].Version)
		}
	}
	return s.Judged.Fields[field].Version
}
