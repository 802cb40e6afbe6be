package monitor

import (
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
)

// Mention is a post that a monitor caught.
type Mention struct {
	Seq      hearth.Seq
	Post     hearth.Post
	Monitors []hearth.MonitorID // all that caught it, on arrival or later
	Source   hearth.SourceID
	Received time.Time
}

// MentionSearch says which mentions are meant.
type MentionSearch struct {
	Monitor  hearth.MonitorID
	From, To time.Time // published from (included) to (excluded); zero: no bound
	Limit    int       // 0: 50; at most 1,000
	Cursor   string    // Next of the page before
}

// MentionPage is one page of mentions, the newest first.
type MentionPage struct {
	Mentions []Mention
	Next     string // "": there is no further page
}

// Mentions gives a page of what a monitor caught, the newest first. A page may
// be shorter than asked for where posts were erased a moment ago.
func (m *Monitors) Mentions(ctx context.Context, by access.Actor, s MentionSearch) (page MentionPage, err error) {
	sees, err := m.sight(ctx, by)
	if err != nil {
		return page, err
	}
	if _, err := m.Get(ctx, by, s.Monitor); err != nil {
		return page, err
	}
	before, err := decodePlace(s.Cursor)
	if err != nil {
		return page, err
	}
	if to := boundary(s.To); !s.To.IsZero() && to <= before.at {
		before = place{at: to}
	}
	limit := pageLimit(s.Limit)
	var places []place
	caught := map[hearth.Seq][]hearth.MonitorID{}
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		if places, err = mentionPlaces(tx, by.Workspace, s.Monitor, before, boundary(s.From), limit+1); err != nil {
			return err
		}
		for _, p := range places {
			var ids string
			if err := tx.QueryRow(`SELECT monitors FROM tally WHERE workspace_id = ? AND seq = ?`, by.Workspace, p.seq).Scan(&ids); err != nil {
				return err
			}
			if caught[p.seq], err = idsOf(ids); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return page, err
	}
	if len(places) > limit {
		places = places[:limit]
		page.Next = places[limit-1].encode()
	}
	seqs := make([]hearth.Seq, len(places))
	for i, p := range places {
		seqs[i] = p.seq
	}
	rows, err := m.o.Archive.BySeq(ctx, by.Workspace, seqs)
	if err != nil {
		return page, err
	}
	for i := range rows {
		if s := &rows[i]; !s.Erased && !s.Hidden {
			page.Mentions = append(page.Mentions, mentionOf(s, sees.only(caught[s.Seq])))
		}
	}
	return page, nil
}

func mentionOf(s *archive.Stored, monitors []hearth.MonitorID) Mention {
	return Mention{Seq: s.Seq, Post: s.Post, Monitors: slices.Clone(monitors), Source: s.Source, Received: s.Received}
}

func mentionPlaces(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, before place, from int64, limit int) (places []place, err error) {
	rows, err := tx.Query(`
		SELECT at, seq FROM mention
		WHERE workspace_id = ? AND monitor_id = ? AND at >= ? AND (at, seq) < (?, ?)
		ORDER BY at DESC, seq DESC LIMIT ?`, ws, id, from, before.at, before.seq, limit)
	if err != nil {
		return nil, err
	}
	return placesOf(rows)
}

// placesOf reads and closes rows of places.
func placesOf(rows *sql.Rows) (places []place, err error) {
	err = db.EachRow(rows, func() error {
		var p place
		err := rows.Scan(&p.at, &p.seq)
		places = append(places, p)
		return err
	})
	return places, err
}

// place is where a mention stands in a monitor's list.
type place struct {
	at  int64 // µs
	seq hearth.Seq
}

func (p place) encode() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(p.at))
	b = binary.BigEndian.AppendUint64(b, uint64(p.seq))
	return base64.RawURLEncoding.EncodeToString(b)
}

// decodePlace reads a cursor; "" is the place before the newest.
func decodePlace(cursor string) (place, error) {
	if cursor == "" {
		return place{at: maxMicros}, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(b) != 16 {
		return place{}, &hearth.Error{Code: hearth.Invalid, Field: "cursor", Message: "This is no cursor of a list of mentions."}
	}
	return place{at: int64(binary.BigEndian.Uint64(b)), seq: hearth.Seq(binary.BigEndian.Uint64(b[8:]))}, nil
}

const (
	maxMicros = 1<<63 - 1
	minMicros = -1 << 63
)

// boundary is a time in microseconds; the zero time is before all.
func boundary(t time.Time) int64 {
	if t.IsZero() {
		return minMicros
	}
	return t.UnixMicro()
}

func pageLimit(limit int) int {
	switch {
	case limit <= 0:
		return 50
	case limit > 1000:
		return 1000
	}
	return limit
}
