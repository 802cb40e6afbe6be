package topic

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"hearth"
	"hearth/access"
	groups "hearth/analysis/topic"
	"hearth/archive"
	"hearth/db"
	"hearth/query"
	"hearth/text"
)

// Edit changes what it names; nil leaves it as it is.
type Edit struct {
	Name  *string // "": what its posts say
	Muted *bool
}

const (
	maxName   = 200 // bytes
	mostMerge = 50

	dividePosts = 500 // that are read
	divideMost  = 3   // new topics
)

// Change gives a topic a name or mutes it. Version is the one the change was made on;
// if it has another by now nothing is changed and the error is a Conflict. A topic with
// a name goes on to be what it is now.
func (t *Topics) Change(ctx context.Context, by access.Actor, id ID, version int64, e Edit) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	return t.edit(ctx, by, "topic.change", id, func(_ *db.Tx, _ *family, r *row) error {
		if r.version != version {
			return hearth.Errorf(hearth.Conflict, "The topic “%s” was changed by somebody else meanwhile (it is at version %d, you saw %d). Look at it again.",
				r.shown(), r.version, version)
		}
		if e.Name != nil {
			if r.name = nameOf(*e.Name); len(r.name) > maxName {
				return &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "A topic's name has at most 200 bytes."}
			}
			if r.name == "" && r.label == "" {
				return &hearth.Error{Code: hearth.Invalid, Field: "name", Message: "This topic has no label of its own; give it a name."}
			}
		}
		if e.Muted != nil {
			r.muted = *e.Muted
		}
		return nil
	})
}

// Merge makes topics part of another. Split of a part takes it out again.
func (t *Topics) Merge(ctx context.Context, by access.Actor, into ID, parts []ID) error {
	if err := by.Check(access.WriteMonitors); err != nil {
		return err
	}
	if len(parts) == 0 || len(parts) > mostMerge {
		return &hearth.Error{Code: hearth.Invalid, Field: "parts", Message: fmt.Sprintf("Name from 1 to %d topics to merge.", mostMerge)}
	}
	return t.edit(ctx, by, "topic.merge", into, func(tx *db.Tx, f *family, r *row) error {
		for _, id := range parts {
			part := f.rows[id]
			if part == nil {
				return noTopic(id)
			}
			if id == into || f.under(into, id) {
				return &hearth.Error{Code: hearth.Invalid, Field: "parts", Message: "A topic cannot be part of itself; choose another one."}
			}
			if _, err := tx.Exec(`UPDATE topic SET parent_id = ?, version = version + 1 WHERE workspace_id = ? AND id = ?`, into, by.Workspace, id); err != nil {
				return err
			}
			part.parent = into
			r.merged = append(r.merged, id)
		}
		return nil
	})
}

// Split takes a topic apart. A part of another leaves it; one with parts lets all of
// them go; and one without is divided by what its posts say. It gives the topics that
// there are now besides it. None of them is merged again but by people; Merge makes it
// whole again.
func (t *Topics) Split(ctx context.Context, by access.Actor, id ID) (pieces []ID, err error) {
	if err := by.Check(access.WriteMonitors); err != nil {
		return nil, err
	}
	var all *family
	err = t.o.State.Read(ctx, func(tx *db.Tx) error {
		all, err = readFamily(tx, by.Workspace)
		return err
	})
	if err != nil {
		return nil, err
	}
	one := all.rows[id]
	if one == nil {
		return nil, noTopic(id)
	}
	if one.parent != 0 {
		return []ID{one.parent}, t.release(ctx, by, id, []ID{id})
	}
	for part, r := range all.rows {
		if r.parent == id {
			pieces = append(pieces, part)
		}
	}
	if slices.Sort(pieces); len(pieces) > 0 {
		return pieces, t.release(ctx, by, id, pieces)
	}
	return t.divide(ctx, by, id)
}

// release makes parts topics of their own.
func (t *Topics) release(ctx context.Context, by access.Actor, id ID, parts []ID) error {
	return t.edit(ctx, by, "topic.split", id, func(tx *db.Tx, f *family, r *row) error {
		for _, part := range parts {
			const free = `UPDATE topic SET parent_id = 0, apart = 1, version = version + 1, live = CASE WHEN length(centroid) > 0 THEN 1 ELSE 0 END WHERE workspace_id = ? AND id = ?`
			if _, err := tx.Exec(free, by.Workspace, part); err != nil {
				return err
			}
			if part == id {
				r.parent = 0
			}
		}
		r.apart = true
		return nil
	})
}

// divide sorts the posts of a topic by themselves, without what all of them say.
func (t *Topics) divide(ctx context.Context, by access.Actor, id ID) (pieces []ID, err error) {
	var posts []read
	err = t.o.State.Read(ctx, func(tx *db.Tx) error {
		posts, err = readPosts(tx.Query(`SELECT seq, topic_id, person FROM topic_post WHERE workspace_id = ? AND topic_id = ? ORDER BY at DESC, seq DESC LIMIT ?`, by.Workspace, id, dividePosts))
		return err
	})
	if err != nil {
		return nil, err
	}
	seqs := make([]hearth.Seq, len(posts))
	for i, p := range posts {
		seqs[i] = p.seq
	}
	rows, err := t.o.Archive.BySeq(ctx, by.Workspace, seqs)
	if err != nil {
		return nil, err
	}
	found := divided(rows)
	if len(found) == 0 {
		return nil, hearth.Errorf(hearth.Invalid, "The posts of this topic say too much the same to be split. Look at it again when there are more.")
	}
	err = t.edit(ctx, by, "topic.split", id, func(tx *db.Tx, _ *family, r *row) error {
		pieces = pieces[:0]
		var last int64
		if err := tx.QueryRow(`SELECT coalesce(max(last_id), 0) FROM topic_model WHERE workspace_id = ?`, by.Workspace).Scan(&last); err != nil {
			return err
		}
		for i, piece := range found {
			last++
			piece.text = fmt.Sprintf("%s (%d)", r.shown(), i+2) // until it has a label of its own
			if err := insertPiece(tx, by.Workspace, last, r, piece); err != nil {
				return err
			}
			pieces = append(pieces, ID(last))
		}
		r.apart = true
		_, err := tx.Exec(`UPDATE topic_model SET last_id = ? WHERE workspace_id = ?`, last, by.Workspace)
		return err
	})
	return pieces, err
}

// piece is posts that are to be a topic of their own.
type piece struct {
	group *groups.Group
	seqs  []hearth.Seq
	text  string
	first int64
}

// divided are groups of at least three posts within a topic, the largest first; the
// largest of all stays where it is.
func divided(rows []archive.Stored) (list []piece) {
	m := groups.NewModel()
	var reader groups.Reader
	var doc text.Doc
	var last int64
	in := map[int64]*piece{}
	for turn := range 2 { // the first time to learn the words
		for i := range rows {
			s := &rows[i]
			if s.Erased || s.Hidden {
				continue
			}
			query.AddPost(&doc, &s.Post)
			reader.Read(&doc, s.Post.Lang)
			if turn == 0 {
				m.Learn(&reader, timeOf(s))
				continue
			}
			g := m.Place(&reader, timeOf(s), func() int64 { last++; return last })
			if g == nil {
				continue
			}
			if in[g.ID] == nil {
				in[g.ID] = &piece{group: g, first: timeOf(s)}
			}
			p := in[g.ID]
			p.seqs = append(p.seqs, s.Seq)
			p.first = min(p.first, timeOf(s))
		}
	}
	for _, p := range in {
		if len(p.seqs) >= leastPosts {
			list = append(list, *p)
		}
	}
	slices.SortFunc(list, func(a, b piece) int {
		if len(a.seqs) != len(b.seqs) {
			return len(b.seqs) - len(a.seqs)
		}
		return int(a.group.ID - b.group.ID)
	})
	if len(list) < 2 {
		return nil
	}
	return list[1:min(len(list), divideMost+1)]
}

func insertPiece(tx *db.Tx, ws hearth.WorkspaceID, id int64, from *row, p piece) error {
	_, err := tx.Exec(`
		INSERT INTO topic (workspace_id, id, version, name, label, lang, phrases, parent_id, apart, muted, live, posts, labelled, first, centroid)
		VALUES (?, ?, 1, '', ?, ?, '[]', 0, 1, 0, 1, ?, 0, ?, ?)`, ws, id, p.text, from.lang, len(p.seqs), p.first, p.group.Bytes())
	if err != nil {
		return err
	}
	moved := 0
	for _, seq := range p.seqs {
		done, err := tx.Exec(`UPDATE topic_post SET topic_id = ? WHERE workspace_id = ? AND seq = ? AND topic_id = ?`, id, ws, seq, from.id)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		moved += int(n)
	}
	_, err = tx.Exec(`UPDATE topic SET posts = posts - ?, labelled = 0 WHERE workspace_id = ? AND id = ?`, moved, ws, from.id)
	return err
}

// edit changes a topic in one transaction, and tells whoever sorts posts.
func (t *Topics) edit(ctx context.Context, by access.Actor, verb string, id ID, change func(*db.Tx, *family, *row) error) error {
	return t.o.State.Write(ctx, func(tx *db.Tx) error {
		f, err := readFamily(tx, by.Workspace)
		if err != nil {
			return err
		}
		r := f.rows[id]
		if r == nil {
			return noTopic(id)
		}
		before := stateOf(r)
		if err := change(tx, f, r); err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE topic SET version = version + 1, name = ?, muted = ?, apart = ? WHERE workspace_id = ? AND id = ?`,
			r.name, db.Truth(r.muted), db.Truth(r.apart), by.Workspace, id)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`
			INSERT INTO topic_model (workspace_id, revision, last_id, seq, data) VALUES (?, 1, ?, 0, ?)
			ON CONFLICT (workspace_id) DO UPDATE SET revision = topic_model.revision + 1`, by.Workspace, id, []byte{})
		if err != nil {
			return err
		}
		return access.Record(tx, t.o.Clock(), by, verb, access.Of("topic", id), before, stateOf(r))
	})
}

// state is what the audit log keeps of a topic: words that people wrote, not those of
// posts, which may be erased.
type state struct {
	Name  string `json:"name,omitempty"`
	Muted bool   `json:"muted"`
	Part  ID     `json:"part_of,omitempty"`
	Parts []ID   `json:"merged,omitempty"`
}

func stateOf(r *row) state {
	return state{strings.ToValidUTF8(r.name, "\uFFFD"), r.muted, r.parent, r.merged}
}
