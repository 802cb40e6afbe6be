package monitor

import (
	"cmp"
	"context"
	"slices"
	"time"

	"hearth"
	"hearth/access"
	"hearth/archive"
	"hearth/db"
	"hearth/monitor/tile"
	"hearth/query"
)

// TopsSearch says whose tops are wanted.
type TopsSearch struct {
	Monitor  hearth.MonitorID // 0: all stored posts, from the archive's index
	From, To time.Time        // zero: no bound
	Limit    int              // of each list; 0: 10, at most 100
	NoLinks  bool             // leave the list of links out, which takes the longest
}

// Tops is who and what a monitor's posts name most.
type Tops struct {
	From, To time.Time // as it was counted
	Authors  []Top
	Hashtags []Top
	Hosts    []Top // of links
	Links    []Top
	Upto     hearth.Seq

	// People is how many different authors there are; -1: nobody counted.
	People int64

	// Others is how many times names were left out because six hours of the
	// monitor had more than 16,384 different ones. Where it is 0 every number is
	// exact; else each may be up to so many too low, and so may People.
	Others int64
}

// Top is one name and the posts that have it.
type Top struct {
	Network string // of an author
	Value   string // as the query language compares it; of an author the id
	Label   string // for people
	Posts   int64
	Query   string // finds these posts among those of the monitor and the time
	Exact   bool   // it finds just these; else also posts of addresses below, or of people of the same name
}

const (
	topLimit = 10
	mostTops = 100
	edgeMost = 20_000 // posts read one by one at an end of the time
)

// Tops gives the most frequent names of a monitor's posts.
func (c *Charts) Tops(ctx context.Context, by access.Actor, s TopsSearch) (tops Tops, err error) {
	sees, err := c.m.sight(ctx, by)
	if err != nil {
		return tops, err
	}
	if s.Limit <= 0 {
		s.Limit = topLimit
	}
	s.Limit = min(s.Limit, mostTops)
	if s.Monitor == 0 {
		return c.indexTops(ctx, by.Workspace, sees.and(nil), &s)
	}
	if err := c.exist(ctx, by, []hearth.MonitorID{s.Monitor}); err != nil {
		return tops, err
	}
	err = c.m.o.Store.Read(ctx, func(tx *db.Tx) error {
		if err := tx.QueryRow(`SELECT seq FROM monitor_build WHERE id = 1`).Scan(&tops.Upto); err != nil {
			return err
		}
		counts, err := countNames(tx, by.Workspace, s.Monitor, s.From, s.To)
		if err != nil {
			return err
		}
		tops.From, tops.To = db.FromMicros(counts.from), db.FromMicros(counts.to)
		tops.Others, tops.People = counts.others, counts.different(authorName)
		for kind, list := range map[nameKind]*[]Top{authorName: &tops.Authors, hashtagName: &tops.Hashtags, hostName: &tops.Hosts, addressName: &tops.Links} {
			if kind == addressName && s.NoLinks {
				continue
			}
			if *list, err = readTops(tx, by.Workspace, counts.top(kind, s.Limit)); err != nil {
				return err
			}
		}
		return nil
	})
	return tops, err
}

// nameCounts is how many posts of a time have each name. Names are counted by
// their numbers without the bits of the kind, which no two have in common.
type nameCounts struct {
	from, to int64 // µs
	posts    []int32
	kinds    []uint8
	others   int64
}

// countNames counts whole tiles, and at both ends posts. An end where there are
// too many posts is moved to the tile's.
func countNames(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, from, to time.Time) (*nameCounts, error) {
	c := &nameCounts{from: boundary(from), to: boundary(to)}
	first, end, ok, err := tileEnds(tx, ws, id)
	if err != nil {
		return nil, err
	}
	if c.from = max(c.from, first*microsPerQuarter); from.IsZero() || !ok {
		c.from = first * microsPerQuarter
	}
	if c.to = min(c.to, end*microsPerQuarter); to.IsZero() || !ok {
		c.to = end * microsPerQuarter
	}
	if !ok || c.from >= c.to {
		c.to = c.from
		return c, nil
	}
	var newest int64
	if err := tx.QueryRow(`SELECT coalesce(max(id), 0) FROM name WHERE workspace_id = ?`, ws).Scan(&newest); err != nil {
		return nil, err
	}
	n := min(newest, mostNameID)>>kindBits + 1 // grown step by step it would take several times as much
	c.posts, c.kinds = make([]int32, 0, n), make([]uint8, 0, n)
	const width = quartersOfTile * microsPerQuarter
	whole, last := -floor(-c.from, width), floor(c.to, width)
	if whole > last { // within one tile
		return c, c.edge(tx, ws, id, c.from, c.to)
	}
	if c.from < whole*width {
		switch busy, err := busyTile(tx, ws, id, whole-1); {
		case err != nil:
			return nil, err
		case busy:
			whole--
			c.from = whole * width
		default:
			if err := c.edge(tx, ws, id, c.from, whole*width); err != nil {
				return nil, err
			}
		}
	}
	if c.to > last*width {
		switch busy, err := busyTile(tx, ws, id, last); {
		case err != nil:
			return nil, err
		case busy:
			last++
			c.to = last * width
		default:
			if err := c.edge(tx, ws, id, last*width, c.to); err != nil {
				return nil, err
			}
		}
	}
	return c, c.tiles(tx, ws, id, whole, last)
}

func busyTile(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, start int64) (bool, error) {
	var posts int64
	err := eachCount(tx, ws, id, start*quartersOfTile, (start+1)*quartersOfTile, func(_, _, n int64) error {
		posts += n
		return nil
	})
	return posts > edgeMost, err
}

func (c *nameCounts) add(id, posts int64) {
	if id == tile.Others {
		c.others += posts
		return
	}
	i := int(id >> kindBits)
	if n := i + 1; n > len(c.posts) {
		c.posts = slices.Grow(c.posts, n-len(c.posts))[:n]
		c.kinds = slices.Grow(c.kinds, n-len(c.kinds))[:n]
	}
	c.posts[i] += int32(posts)
	c.kinds[i] = uint8(kindOf(id))
}

func (c *nameCounts) tiles(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, from, to int64) error {
	rows, err := tx.Query(`SELECT names FROM tile WHERE workspace_id = ? AND monitor_id = ? AND start >= ? AND start < ?`, ws, id, from, to)
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var names []byte
		if err := rows.Scan(&names); err != nil {
			return err
		}
		err := tile.Each(names, func(key uint64, posts int64) error {
			if key > mostNameID {
				return tile.ErrDamaged
			}
			c.add(int64(key), posts)
			return nil
		})
		if err == tile.ErrDamaged {
			return errDamagedTile
		}
		return err
	})
}

// mostNameID bounds what is counted in memory: 64 million names.
const mostNameID = 64 << 20 << kindBits

func (c *nameCounts) edge(tx *db.Tx, ws hearth.WorkspaceID, id hearth.MonitorID, from, to int64) error {
	rows, err := tx.Query(`
		SELECT t.names FROM mention m JOIN tally t ON t.workspace_id = m.workspace_id AND t.seq = m.seq
		WHERE m.workspace_id = ? AND m.monitor_id = ? AND m.at >= ? AND m.at < ?`, ws, id, from, to)
	if err != nil {
		return err
	}
	return db.EachRow(rows, func() error {
		var packed []byte
		if err := rows.Scan(&packed); err != nil {
			return err
		}
		ids, err := unpackIDs(packed)
		for _, id := range ids {
			c.add(id, 1)
		}
		return err
	})
}

// different is how many names of a kind there are.
func (c *nameCounts) different(kind nameKind) (n int64) {
	for i, posts := range c.posts {
		if posts > 0 && nameKind(c.kinds[i]) == kind {
			n++
		}
	}
	return n
}

type idCount struct{ id, posts int64 }

// top is the names of a kind with the most posts; of equals the older name.
func (c *nameCounts) top(kind nameKind, limit int) []idCount {
	var list []idCount
	least := int64(0)
	order := func(a, b idCount) int { return cmp.Or(cmp.Compare(b.posts, a.posts), cmp.Compare(a.id, b.id)) }
	for i, n := range c.posts {
		if int64(n) <= least || nameKind(c.kinds[i]) != kind {
			continue
		}
		if list = append(list, idCount{int64(i)<<kindBits | int64(kind), int64(n)}); len(list) >= 8*limit {
			slices.SortFunc(list, order)
			list = list[:limit]
			least = list[limit-1].posts
		}
	}
	slices.SortFunc(list, order)
	return list[:min(limit, len(list))]
}

// readTops finds out what names are.
func readTops(tx *db.Tx, ws hearth.WorkspaceID, list []idCount) ([]Top, error) {
	ids := make(db.Ints, len(list))
	for i, one := range list {
		ids[i] = one.id
	}
	rows, err := tx.Query(`
		SELECT name.id, name.kind, name.network, name.text, name.label
		FROM (?...) AS list JOIN name ON name.workspace_id = ? AND name.id = list.column1`, ids, ws)
	if err != nil {
		return nil, err
	}
	names := make(map[int64]labelled, len(list))
	err = db.EachRow(rows, func() error {
		var id int64
		l := labelled{name: name{workspace: ws}}
		err := rows.Scan(&id, &l.kind, &l.network, &l.text, &l.label)
		names[id] = l
		return err
	})
	if err != nil {
		return nil, err
	}
	tops := []Top{}
	for _, one := range list {
		l, there := names[one.id]
		if !there {
			return nil, errDamagedTile
		}
		t := Top{Network: l.network, Value: l.text, Label: l.label, Posts: one.posts}
		if t.Query, t.Exact, err = l.query(tx); err != nil {
			return nil, err
		}
		tops = append(tops, t)
	}
	return tops, nil
}

// query finds the posts that have a name; exact says that it finds no others.
func (n *name) query(tx *db.Tx) (text string, exact bool, err error) {
	switch n.kind {
	case authorName:
		network := query.Field{Name: query.FieldNetwork, Values: []query.Value{query.StringValue{Text: n.network}}}
		if n.text[:1] == handleSign {
			return printed(query.And{Parts: []query.Node{stringField(query.FieldAuthor, n.text[1:]), network}}), false, nil
		}
		id := query.Field{Name: query.FieldAuthorID, Values: []query.Value{query.IDValue(n.text)}}
		return printed(query.And{Parts: []query.Node{id, network}}), true, nil
	case hashtagName:
		return printed(stringField(query.FieldHashtag, n.text)), true, nil
	case hostName:
		return linkQuery(n.text), true, nil
	}
	if tx == nil {
		return linkQuery(n.text), true, nil
	}
	below, err := n.continued(tx)
	return linkQuery(n.text), !below, err
}

// continued says whether there are addresses that go on where this one ends.
func (n *name) continued(tx *db.Tx) (bool, error) {
	for _, sign := range []byte("/?&") {
		var there int
		err := tx.QueryRow(`
			SELECT count(*) FROM (SELECT 1 FROM name WHERE workspace_id = ? AND kind = ? AND network = '' AND text >= ? AND text < ? LIMIT 1) AS found`,
			n.workspace, addressName, n.text+string(sign), n.text+string(sign+1)).Scan(&there)
		if err != nil || there > 0 {
			return there > 0, err
		}
	}
	return false, nil
}

func stringField(name query.FieldName, key string) query.Field {
	return query.Field{Name: name, Values: []query.Value{query.StringValue{Text: key}}}
}

func linkQuery(address string) string {
	return printed(query.Field{Name: query.FieldLink, Values: []query.Value{query.AddressValue(address)}})
}

// indexTops asks the archive's index: of all stored posts no names are kept.
func (c *Charts) indexTops(ctx context.Context, ws hearth.WorkspaceID, q *query.Query, s *TopsSearch) (tops Tops, err error) {
	tops = Tops{From: s.From, To: s.To, People: -1, Links: []Top{}}
	facets, err := c.m.o.Archive.Facets(ctx, ws, archive.Search{Query: q, From: s.From, To: s.To}, []string{"author", "hashtag", "link"}, s.Limit)
	if err != nil {
		return tops, err
	}
	if tops.Upto, err = c.m.o.Archive.Head(ctx); err != nil {
		return tops, err
	}
	for i, list := range []*[]Top{&tops.Authors, &tops.Hashtags, &tops.Hosts} {
		*list = []Top{}
		for _, v := range facets[i].Values {
			t := Top{Value: v.Value, Label: v.Label, Posts: int64(v.Count), Exact: facets[i].Exact}
			switch i {
			case 0:
				t.Query = printed(query.Field{Name: query.FieldAuthorID, Values: []query.Value{query.IDValue(v.Value)}})
			case 1:
				t.Query, t.Label = printed(stringField(query.FieldHashtag, v.Value)), "#"+v.Value
			default:
				t.Query = linkQuery(v.Value)
			}
			*list = append(*list, t)
		}
	}
	return tops, nil
}
