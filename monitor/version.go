package monitor

import (
	"context"
	"strings"
	"time"

	"hearth"
	"hearth/access"
	"hearth/db"
)

// Version is how a monitor once stood.
type Version struct {
	Version   int64
	Name      string
	Query     string
	Canonical string
	Paused    bool
	Changed   time.Time
	By        hearth.UserID // 0: the program or its local owner

	List        int64 // the shared list whose change made this version; 0: none
	ListVersion int64 // and which of its versions
}

func writeVersion(tx *db.Tx, by access.Actor, mon *Monitor) error {
	_, err := tx.Exec(`
		INSERT INTO monitor_version (workspace_id, monitor_id, version, name, query, canonical, paused, changed, changed_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		by.Workspace, mon.ID, mon.Version, mon.Name, mon.Query, mon.Canonical, db.Truth(mon.Paused), db.Micros(mon.Changed), by.User)
	return err
}

// state is a monitor in the audit log.
type state struct {
	Name   string           `json:"name"`
	Query  string           `json:"query"`
	Brands []access.BrandID `json:"brands,omitempty"`
	Paused bool             `json:"paused,omitempty"`
}

func (m *Monitor) state() state { return state{m.Name, m.Query, m.Brands, m.Paused} }

const maxVersions = 1000

// Versions gives how a monitor stood over time, the newest first.
func (m *Monitors) Versions(ctx context.Context, by access.Actor, id hearth.MonitorID) (list []Version, err error) {
	err = m.o.State.Read(ctx, func(tx *db.Tx) error {
		if _, err := seen(tx, by, access.ReadMonitors, id); err != nil {
			return err
		}
		rows, err := tx.Query(`
			SELECT version, name, query, canonical, paused, changed, changed_by, list_id, list_version FROM monitor_version
			WHERE workspace_id = ? AND monitor_id = ? ORDER BY version DESC LIMIT ?`, by.Workspace, id, maxVersions)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			var v Version
			var changed int64
			err := rows.Scan(&v.Version, &v.Name, &v.Query, &v.Canonical, &v.Paused, &changed, &v.By, &v.List, &v.ListVersion)
			v.Changed = db.FromMicros(changed)
			list = append(list, v)
			return err
		})
	})
	return list, err
}

// Piece is a stretch of a changed query.
type Piece struct {
	Kind PieceKind
	Text string
}

// PieceKind says what became of a piece.
type PieceKind uint8

const (
	Same PieceKind = iota
	Deleted
	Inserted
)

// Diff shows how one canonical query became another, word by word. The pieces
// joined without the inserted ones are the old query and a space, without the
// deleted ones the new one and a space.
func Diff(from, to string) []Piece {
	a, b := strings.SplitAfter(from+" ", " "), strings.SplitAfter(to+" ", " ")
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var d differ
	d.add(Same, a[:head])
	d.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	d.add(Same, a[len(a)-tail:])
	return d.pieces
}

// maxDiffCells bounds the work of a diff; what differs more is shown as a
// whole.
const maxDiffCells = 4_000_000

type differ struct{ pieces []Piece }

func (d *differ) add(kind PieceKind, words []string) {
	text := strings.Join(words, "")
	if text == "" {
		return
	}
	if n := len(d.pieces); n > 0 && d.pieces[n-1].Kind == kind {
		d.pieces[n-1].Text += text
		return
	}
	d.pieces = append(d.pieces, Piece{Kind: kind, Text: text})
}

// middle finds the longest common subsequence, the textbook way.
func (d *differ) middle(a, b []string) {
	if len(a)*len(b) > maxDiffCells {
		d.add(Deleted, a)
		d.add(Inserted, b)
		return
	}
	width := len(b) + 1
	longest := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		switch {
		case a[i] == b[j]:
			d.add(Same, a[i:i+1])
			i, j = i+1, j+1
		case longest[(i+1)*width+j] >= longest[i*width+j+1]:
			d.add(Deleted, a[i:i+1])
			i++
		default:
			d.add(Inserted, b[j:j+1])
			j++
		}
	}
	d.add(Deleted, a[i:])
	d.add(Inserted, b[j:])
}
