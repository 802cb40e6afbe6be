package reanalysis

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// Move is that so many posts of a language say another word.
type Move struct {
	Field    archive.Field
	Lang     string // of the posts; "": none
	Was      string // "": nothing
	Becomes  string // "": nothing
	Posts    int64
	Examples []hearth.Key // some of them
}

// Figure is what became of a monitor, over the posts that were looked at: how many it
// has, how many of them have a sentiment, and how many of those a negative one.
type Figure struct {
	Monitor                       hearth.MonitorID
	PostsBefore, PostsAfter       int64
	SaidBefore, SaidAfter         int64
	NegativeBefore, NegativeAfter int64
}

const (
	mostExamples = 3
	mostShown    = 400 // moves, and figures
)

// tally is what came of a page.
type tally struct {
	looked, same, changed, kept, skipped int64

	moves   map[move]*Move
	figures map[hearth.MonitorID]*Figure
}

func newTally() *tally {
	return &tally{moves: map[move]*Move{}, figures: map[hearth.MonitorID]*Figure{}}
}

// change counts a post that says something else.
func (t *tally) change(j *judgement) {
	t.changed++
	for _, m := range j.moves() {
		one := t.moves[m]
		if one == nil {
			one = &Move{Field: m.field, Lang: m.lang, Was: m.was, Becomes: m.becomes}
			t.moves[m] = one
		}
		one.Posts++
		if len(one.Examples) < mostExamples {
			one.Examples = append(one.Examples, j.before.Post.Key())
		}
	}
}

// figure counts a post for the monitors that have it before and after.
func (t *tally) figure(was, is *hearth.Post, before, after []hearth.MonitorID) {
	of := func(id hearth.MonitorID) *Figure {
		if t.figures[id] == nil {
			t.figures[id] = &Figure{Monitor: id}
		}
		return t.figures[id]
	}
	for _, id := range before {
		f := of(id)
		f.PostsBefore++
		f.SaidBefore += int64(db.Truth(was.Sentiment != ""))
		f.NegativeBefore += int64(db.Truth(was.Sentiment == hearth.Negative))
	}
	for _, id := range after {
		f := of(id)
		f.PostsAfter++
		f.SaidAfter += int64(db.Truth(is.Sentiment != ""))
		f.NegativeAfter += int64(db.Truth(is.Sentiment == hearth.Negative))
	}
}

// write adds a page's to what a run has.
func (t *tally) write(tx *db.Tx, ws hearth.WorkspaceID, run int64) error {
	for _, m := range sortedMoves(t.moves) {
		examples, err := json.Marshal(m.Examples)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`
			INSERT INTO reanalysis_move (workspace_id, run, field, lang, was, becomes, posts, examples) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, run, field, lang, was, becomes) DO UPDATE SET posts = reanalysis_move.posts + excluded.posts`,
			ws, run, string(m.Field), m.Lang, m.Was, m.Becomes, m.Posts, string(examples))
		if err != nil {
			return fmt.Errorf("keeping what changed: %w", err)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(t.figures)) {
		f := t.figures[id]
		_, err := tx.Exec(`
			INSERT INTO reanalysis_monitor (workspace_id, run, monitor_id, posts_before, posts_after, said_before, said_after, negative_before, negative_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (workspace_id, run, monitor_id) DO UPDATE SET
				posts_before = reanalysis_monitor.posts_before + excluded.posts_before, posts_after = reanalysis_monitor.posts_after + excluded.posts_after,
				said_before = reanalysis_monitor.said_before + excluded.said_before, said_after = reanalysis_monitor.said_after + excluded.said_after,
				negative_before = reanalysis_monitor.negative_before + excluded.negative_before, negative_after = reanalysis_monitor.negative_after + excluded.negative_after`,
			ws, run, id, f.PostsBefore, f.PostsAfter, f.SaidBefore, f.SaidAfter, f.NegativeBefore, f.NegativeAfter)
		if err != nil {
			return fmt.Errorf("keeping the figures of monitors: %w", err)
		}
	}
	return nil
}

// sortedMoves are moves, the most frequent of each field first.
func sortedMoves(moves map[move]*Move) (list []Move) {
	for _, m := range moves {
		list = append(list, *m)
	}
	slices.SortFunc(list, byPosts)
	return list
}

func byPosts(a, b Move) int {
	place := func(f archive.Field) int { return slices.Index(archive.Corrected[:], f) }
	return cmp.Or(cmp.Compare(place(a.Field), place(b.Field)), cmp.Compare(b.Posts, a.Posts), cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Was, b.Was), cmp.Compare(a.Becomes, b.Becomes))
}

func readMoves(tx *db.Tx, ws hearth.WorkspaceID, run int64) (list []Move, err error) {
	rows, err := tx.Query(`SELECT field, lang, was, becomes, posts, examples FROM reanalysis_move WHERE workspace_id = ? AND run = ? ORDER BY posts DESC, field, lang, was, becomes LIMIT ?`, ws, run, mostShown)
	if err != nil {
		return nil, err
	}
	err = db.EachRow(rows, func() error {
		var m Move
		var examples string
		if err := rows.Scan(&m.Field, &m.Lang, &m.Was, &m.Becomes, &m.Posts, &examples); err != nil {
			return err
		}
		list = append(list, m)
		return json.Unmarshal([]byte(examples), &list[len(list)-1].Examples)
	})
	slices.SortFunc(list, byPosts)
	return list, err
}

func readFigures(tx *db.Tx, ws hearth.WorkspaceID, run int64) (list []Figure, err error) {
	rows, err := tx.Query(`SELECT monitor_id, posts_before, posts_after, said_before, said_after, negative_before, negative_after FROM reanalysis_monitor WHERE workspace_id = ? AND run = ? ORDER BY posts_after DESC, monitor_id LIMIT ?`, ws, run, mostShown)
	if err != nil {
		return nil, err
	}
	return list, db.EachRow(rows, func() error {
		var f Figure
		err := rows.Scan(&f.Monitor, &f.PostsBefore, &f.PostsAfter, &f.SaidBefore, &f.SaidAfter, &f.NegativeBefore, &f.NegativeAfter)
		list = append(list, f)
		return err
	})
}
