package monitor

import (
	"context"
	"fmt"

	"hearth"
	"hearth/archive"
	"hearth/db"
)

// Difference is a number that does not agree with a recount.
type Difference struct {
	Monitor           hearth.MonitorID // 0: all posts
	Span              string           // hour, day or ever
	Start             int64            // hours or days since 1970
	Network, Language string
	Sentiment, Kind   string
	Intents           uint8 // bit i: hearth.Intents[i]
	Counted, Is       int64
}

func (d Difference) String() string {
	return fmt.Sprintf("monitor %d, %s %d, %s %s %s %s %05b: counted %d, is %d",
		d.Monitor, d.Span, d.Start, d.Network, d.Language, d.Sentiment, d.Kind, d.Intents, d.Counted, d.Is)
}

// Recount counts a workspace's visible posts anew and compares with every
// roll-up. It is exact only if the log does not grow meanwhile and everything
// in it has been counted: if not, it says so with an Unavailable error and can
// be tried again.
func (m *Monitors) Recount(ctx context.Context, ws hearth.WorkspaceID) ([]Difference, error) {
	before, err := m.settled(ctx)
	if err != nil {
		return nil, err
	}
	sums, err := m.sumsOf(ctx, ws)
	if err != nil {
		return nil, err
	}
	differences, err := m.compare(ctx, ws, sums)
	if err != nil {
		return nil, err
	}
	after, err := m.settled(ctx)
	if err == nil && after != before {
		err = errMoving
	}
	return differences, err
}

var errMoving = &hearth.Error{Code: hearth.Unavailable, Message: "Posts arrived during the recount; try again in a quiet moment."}

// settled is the log's head if everything up to it has been counted.
func (m *Monitors) settled(ctx context.Context) (hearth.Seq, error) {
	head, err := m.o.Archive.Head(ctx)
	if err != nil {
		return 0, err
	}
	counted, err := m.counted(ctx)
	if err == nil && counted != head {
		err = errMoving
	}
	return head, err
}

// counted is the last row of the log that was taken in.
func (m *Monitors) counted(ctx context.Context) (seq hearth.Seq, err error) {
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT seq FROM monitor_build WHERE id = 1`).Scan(&seq)
	})
	return seq, err
}

type sumKey struct {
	monitor hearth.MonitorID
	span    span
	start   int64
	dimension
}

// sumsOf counts what the archive shows, independently of the log's history.
func (m *Monitors) sumsOf(ctx context.Context, ws hearth.WorkspaceID) (map[sumKey]int64, error) {
	var purged map[hearth.MonitorID]bool
	hits := map[hearth.Seq][]hearth.MonitorID{}
	err := m.o.Store.Read(ctx, func(tx *db.Tx) (err error) {
		if purged, err = readPurged(tx, ws); err != nil {
			return err
		}
		hits, err = readHits(tx, ws, 0, 1<<62)
		return err
	})
	if err != nil {
		return nil, err
	}
	b := batch{known: map[hearth.WorkspaceID]*extras{ws: {hits: hits, purged: purged}}}
	sums := map[sumKey]int64{}
	err = m.o.Archive.Export(ctx, ws, archive.Search{}, func(s *archive.Stored) error {
		s.Workspace = ws
		d, at := dimensionOf(ws, &s.Post), timeOf(s).UnixMicro()
		for _, id := range append(b.monitorsOf(s), 0) {
			for sp := hourly; sp <= ever; sp++ {
				sums[sumKey{id, sp, sp.start(at), d}]++
			}
		}
		return nil
	})
	return sums, err
}

// compare gives the differences between sums and the roll-ups.
func (m *Monitors) compare(ctx context.Context, ws hearth.WorkspaceID, sums map[sumKey]int64) (list []Difference, err error) {
	err = m.o.Store.Read(ctx, func(tx *db.Tx) error {
		rows, err := tx.Query(`
			SELECT r.monitor_id, r.span, r.start, d.network, d.lang, d.sentiment, d.kind, d.intents, r.posts
			FROM rollup r JOIN dimension d ON d.id = r.dimension_id
			WHERE r.workspace_id = ?`, ws)
		if err != nil {
			return err
		}
		return db.EachRow(rows, func() error {
			k := sumKey{dimension: dimension{workspace: ws}}
			var posts int64
			err := rows.Scan(&k.monitor, &k.span, &k.start, &k.network, &k.lang, &k.sentiment, &k.kind, &k.intents, &posts)
			if sums[k] != posts {
				list = append(list, k.difference(posts, sums[k]))
			}
			delete(sums, k)
			return err
		})
	})
	for k, is := range sums {
		list = append(list, k.difference(0, is))
	}
	return list, err
}

func (k sumKey) difference(counted, is int64) Difference {
	return Difference{
		Monitor: k.monitor, Span: [...]string{"hour", "day", "ever"}[k.span], Start: k.start, Network: k.network, Language: k.lang, Sentiment: k.sentiment, Kind: k.kind,
		Intents: k.intents, Counted: counted, Is: is,
	}
}
